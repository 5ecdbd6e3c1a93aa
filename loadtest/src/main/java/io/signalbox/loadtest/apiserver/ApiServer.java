package io.signalbox.loadtest.apiserver;

import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The API server: fabric8's CRUD dispatcher, with discovery and token reviews before it. */
public final class ApiServer implements AutoCloseable {
    private static final String TOKEN_REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";

    /** Kept, so that the level is: every request would be a line of the log. */
    private static final Logger MOCK_LOG = Logger.getLogger(MockWebServer.class.getName());

    private final KubernetesCrudDispatcher objects = new KubernetesCrudDispatcher();
    private final Tokens tokens;
    private final MockWebServer web = new MockWebServer();

    /** One that knows no tokens. */
    public ApiServer() {
        this(new Tokens());
    }

    ApiServer(Tokens tokens) {
        this.tokens = tokens;
        for (ServedKind kind : ServedKind.ALL) {
            if (kind.custom()) {
                objects.expectCustomResource(new CustomResourceDefinitionContext.Builder()
                        .withGroup(kind.group())
                        .withVersion(kind.version())
                        .withKind(kind.kind())
                        .withPlural(kind.plural())
                        .withScope("Namespaced")
                        .withStatusSubresource(true)
                        .build());
            }
        }
    }

    /**
     * Serves at that address, in plain text.
     *
     * @param port 0: any that is free
     * @return the port
     */
    public int listen(InetAddress address, int port) {
        MOCK_LOG.setLevel(Level.WARNING);
        web.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answer(request);
            }
        });
        web.start(address, port);
        // The mock keeps what was asked until somebody takes it.
        Thread.ofPlatform().daemon().name("forget-requests").start(() -> {
            try {
                while (true) {
                    web.takeRequest();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return web.getPort();
    }

    /** Answers a request that came by another way than HTTP. */
    public MockResponse answer(String method, String path, String body) {
        return answer(new RecordedRequest(
                "HTTP_1_1",
                HttpMethod.valueOf(method),
                path,
                Headers.builder().add("Content-Type", "application/json").build(),
                new Buffer(body.getBytes(StandardCharsets.UTF_8))));
    }

    private MockResponse answer(RecordedRequest request) {
        String path = request.getPath().split("\\?", 2)[0];
        if (request.method() == HttpMethod.GET) {
            Optional<String> discovery = Discovery.answer(path);
            if (discovery.isPresent()) {
                return json(200, discovery.get());
            }
        }
        if (request.method() == HttpMethod.POST && path.equals(TOKEN_REVIEWS)) {
            try {
                return json(201, tokens.review(request.getUtf8Body()));
            } catch (IOException e) {
                return json(400, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":400}");
            }
        }
        MockResponse response = objects.dispatch(request);
        return response.getWebSocketListener() == null && response.header("Content-Type") == null
                ? response.setHeader("Content-Type", "application/json")
                : response;
    }

    @Override
    public void close() {
        web.shutdown();
    }

    private static MockResponse json(int status, String body) {
        return new MockResponse()
                .setResponseCode(status)
                .setHeader("Content-Type", "application/json")
                .setBody(body);
    }
}
