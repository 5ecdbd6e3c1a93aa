package io.signalbox.agent.proxy;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a span says of a request. Made only for requests that are recorded.
 *
 * @param protocolVersion {@code 1.1} or {@code 2}
 * @param method HTTP method
 * @param authority value of Host or {@code :authority}
 * @param path path with query
 * @param grpc whether the content type is gRPC's; then the path is the fully-qualified method
 * @param source address that the request came from
 * @param sourceWorkload {@code namespace/name} of the calling workload, null when unknown
 * @param service host name of the service whose frontend matched
 * @param backend name of the chosen backend
 * @param snapshotVersion version of the port snapshot that decided
 * @param rule the rule that chose the backend, null for the default route
 * @param status HTTP status that the caller got, 0 when it got none
 * @param grpcStatus value of {@code grpc-status}, null when there was none
 * @param responseFlag Envoy's letters for how a request went wrong, such as {@code UH}; null when it did not
 * @param requestBodyBytes bytes of the request's body
 * @param responseBodyBytes bytes of the response's body
 */
public record TracedRequest(
        String protocolVersion,
        String method,
        String authority,
        String path,
        boolean grpc,
        InetSocketAddress source,
        @Nullable String sourceWorkload,
        String service,
        String backend,
        String snapshotVersion,
        @Nullable String rule,
        int status,
        @Nullable String grpcStatus,
        @Nullable String responseFlag,
        long requestBodyBytes,
        long responseBodyBytes) {}
