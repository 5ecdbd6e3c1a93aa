package io.signalbox.loadtest.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.MockResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The API server as a program: {@code loadtest/bin/api-server}. A line of its control socket is a request as JSON, with
 * {@code method}, {@code path} and {@code body}, and is answered by a line with {@code status} and {@code body}; the
 * methods {@code TOKEN} and {@code REVOKE} make the token that is the path good and bad.
 */
@Command(
        name = "api-server",
        mixinStandardHelpOptions = true,
        description = "A Kubernetes API server in memory, for tests: objects, watches, discovery, token reviews.")
final class ApiServerMain implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--bind-address", defaultValue = "127.0.0.1", description = "Where it listens.")
    private InetAddress address = InetAddress.getLoopbackAddress();

    @Option(names = "--port", defaultValue = "8001", description = "Port, in plain text.")
    private int port;

    @Option(names = "--control-socket", required = true, description = "Unix domain socket for whoever fills it.")
    private Path controlSocket = Path.of("");

    private final Tokens tokens = new Tokens();
    private final ApiServer server = new ApiServer(tokens);

    private ApiServerMain() {}

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ApiServerMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        try (ServerSocketChannel control = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            control.bind(UnixDomainSocketAddress.of(controlSocket));
            server.listen(address, port);
            System.out.println("API server ready");
            while (true) {
                SocketChannel connection = control.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection;
                BufferedReader lines = new BufferedReader(Channels.newReader(connection, StandardCharsets.UTF_8));
                Writer answers = Channels.newWriter(connection, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.write(answer(JSON.readTree(line)) + "\n");
                answers.flush();
            }
        } catch (IOException e) {
            System.err.println("control socket: " + e);
        }
    }

    private String answer(JsonNode request) throws IOException {
        String method = request.path("method").asText();
        String path = request.path("path").asText();
        switch (method) {
            case "TOKEN" -> tokens.add(path, request.path("body"));
            case "REVOKE" -> tokens.remove(path);
            default -> {
                MockResponse response =
                        server.answer(method, path, request.path("body").toString());
                Buffer body = response.getBody();
                var answer = JSON.createObjectNode().put("status", response.code());
                answer.set("body", body == null || body.size() == 0 ? null : JSON.readTree(body.getBytes()));
                return answer.toString();
            }
        }
        return JSON.createObjectNode().put("status", 200).toString();
    }
}
