package io.signalbox.agent.model;

import java.util.List;

/**
 * TLS that the agent begins towards the endpoints.
 *
 * @param sni empty: Host of the request, without port
 * @param caFile PEM file on the agent's node; empty: the system's roots; likewise the next two, empty: none
 * @param subjectAltNames accepted identities of the server, any of them; empty: the SNI value
 * @param insecureSkipVerify whether the server's certificate is not checked
 * @param crlFile empty: none
 */
public record TlsOrigination(
        Mode mode,
        String sni,
        String caFile,
        String certificateFile,
        String keyFile,
        List<String> subjectAltNames,
        boolean insecureSkipVerify,
        String crlFile) {
    public TlsOrigination {
        subjectAltNames = List.copyOf(subjectAltNames);
    }

    /** Who proves what. */
    public enum Mode {
        /** The server proves who it is. */
        SIMPLE,
        /** Both do, with the files named. */
        MUTUAL,
        /** Both do, with workload certificates of the mesh. There are none: connections fail. */
        ISTIO_MUTUAL
    }
}
