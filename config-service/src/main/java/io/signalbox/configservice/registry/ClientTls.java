package io.signalbox.configservice.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS that the agent originates. Texts may be empty: not declared.
 *
 * @param clientCertificate file of the agent's node
 * @param privateKey file of the agent's node
 * @param caCertificates file of the agent's node; empty: the system's
 * @param caCrl file of the agent's node with revoked certificates
 * @param credentialName a secret, in place of the files
 * @param subjectAltNames identities that the server may have; empty: not declared
 * @param sni server name in the handshake
 * @param insecureSkipVerify absent: as the mesh says
 */
public record ClientTls(
        Mode mode,
        String clientCertificate,
        String privateKey,
        String caCertificates,
        String caCrl,
        String credentialName,
        List<String> subjectAltNames,
        String sni,
        @Nullable Boolean insecureSkipVerify) {
    public ClientTls {
        subjectAltNames = List.copyOf(subjectAltNames);
    }

    /** Whether and how TLS is originated. */
    public enum Mode {
        DISABLE,
        SIMPLE,
        /** With a client certificate. */
        MUTUAL,
        /** With the client certificate of the mesh. */
        ISTIO_MUTUAL
    }
}
