package io.signalbox.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.testkit.GrpcPeer;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.RouteSpec;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a gRPC caller makes of answers of an HTTP/1.1 backend. A status that the backend does not give is not made up:
 * gRPC's clients derive one from what is there (gRPC, "HTTP to gRPC Status Code Mapping").
 */
@Timeout(60)
class GrpcOverHttp1Test {
    private static Status call(int port) {
        ManagedChannel channel = GrpcPeer.channel(RulesFixture.ADDRESS, port, "web");
        try {
            ClientCalls.blockingUnaryCall(channel, GrpcPeer.UNARY, GrpcPeer.options(), new byte[] {1});
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        } finally {
            channel.shutdownNow();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // the answer; ~ ends a line, MESSAGE is one of gRPC, of 7 bytes | status | in its description
                "200 OK~content-type: application/grpc~transfer-encoding: chunked~~7~MESSAGE~0~grpc-status: 0~~ | OK | -",
                "200 OK~content-type: application/grpc~transfer-encoding: chunked~~7~MESSAGE~0~grpc-status: 5~~"
                        + " | NOT_FOUND | -",
                "200 OK~content-type: application/grpc~grpc-status: 8~content-length: 0~~ | RESOURCE_EXHAUSTED | -",
                "200 OK~content-type: application/grpc~content-length: 7~~MESSAGE | INTERNAL | unexpected EOS on",
                "200 OK~content-type: application/grpc~transfer-encoding: chunked~~7~MESSAGE~0~~"
                        + " | INTERNAL | unexpected EOS on",
                "200 OK~content-type: application/grpc~content-length: 0~~ | UNKNOWN | missing GRPC status",
                "200 OK~content-type: text/html~content-length: 2~~ok | UNKNOWN | invalid content-type: text/html",
                "400 No~content-length: 2~~no | INTERNAL | HTTP status code 400",
                "401 No~content-length: 2~~no | UNAUTHENTICATED | HTTP status code 401",
                "403 No~content-length: 2~~no | PERMISSION_DENIED | HTTP status code 403",
                "404 No~content-length: 2~~no | UNIMPLEMENTED | HTTP status code 404",
                "429 No~content-length: 2~~no | UNAVAILABLE | HTTP status code 429",
                "503 No~content-length: 2~~no | UNAVAILABLE | HTTP status code 503",
                "500 No~content-length: 0~~ | UNKNOWN | HTTP status code 500",
            })
    void letsTheCallerDeriveTheStatus(String answer, Status.Code code, String description) throws Exception {
        RouteSpec route = new RouteSpec();
        route.retry = null;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    connection.send("HTTP/1.1 "
                            + answer.replace("~", "\r\n").replace("MESSAGE", "\u0000\u0000\u0000\u0000\u0002ok"));
                    connection.readToEnd();
                })) {
            fixture.serve(List.of(route.build()), List.of(RulesFixture.web(List.of(backend.endpoint()))));
            Status status = call(fixture.port());
            assertThat(status.getCode()).as(status.toString()).isEqualTo(code);
            assertThat(String.valueOf(status.getDescription())).contains(description == null ? "" : description);
        }
    }
}
