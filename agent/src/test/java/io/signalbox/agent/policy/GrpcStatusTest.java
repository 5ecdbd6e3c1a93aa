package io.signalbox.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcStatusTest {
    @ParameterizedTest
    @CsvSource({
        "400, 13", "401, 16", "403, 7", "404, 12", "429, 14", "502, 14", "503, 14", "504, 14", "418, 2", "500, 2"
    })
    void mapsHttpStatuses(int http, int grpc) {
        assertThat(GrpcStatus.ofHttp(http)).isEqualTo(grpc);
        assertThat(LocalReply.of(http, null, "").grpcStatus()).isEqualTo(grpc);
    }

    @Test
    void abortsWithEitherStatus() {
        assertThat(LocalReply.injected(404, null).grpcStatus()).isEqualTo(GrpcStatus.UNIMPLEMENTED);
        assertThat(LocalReply.injected(0, GrpcStatus.UNAVAILABLE).status()).isEqualTo(503);
    }

    @ParameterizedTest
    @CsvSource({
        "application/grpc, true",
        "application/grpc+proto, true",
        "application/grpc-web, false",
        "application/grp, false",
        "text/plain, false"
    })
    void knowsGrpcByContentType(String type, boolean grpc) {
        assertThat(GrpcStatus.isGrpc(type)).isEqualTo(grpc);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "14, 14", "'', 2", "x, 2", "1234, 2"})
    void readsStatuses(String text, int status) {
        assertThat(GrpcStatus.parse(text)).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        ", 0",
        "1S, 1000",
        "2M, 120000",
        "1H, 3600000",
        "250m, 250",
        "1500u, 1",
        "1n, 1",
        "0m, 1",
        "S, 0",
        "1x, 0",
        "-1S, 0",
        "123456789m, 0"
    })
    void readsTimeouts(@Nullable String text, long millis) {
        assertThat(GrpcTimeout.millis(text)).isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "0, 5, 5", "7, 0, 7", "7, 5, 5", "7, 9, 7"})
    void capsTheCallersTimeout(long route, long caller, long effective) {
        assertThat(GrpcTimeout.effective(route, caller)).isEqualTo(effective);
    }

    @Test
    void writesTimeouts() {
        assertThat(GrpcTimeout.text(1500)).isEqualTo("1500m");
        assertThat(GrpcTimeout.text(100_000_000L)).isEqualTo("100000S");
    }
}
