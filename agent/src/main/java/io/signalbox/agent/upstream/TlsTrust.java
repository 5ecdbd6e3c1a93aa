package io.signalbox.agent.upstream;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Decides which servers are trusted. The name is checked here where names are given, else by the JDK. */
final class TlsTrust extends X509ExtendedTrustManager {
    /** Where distributions keep the roots of the system, in the order in which they are looked for. */
    private static final List<Path> SYSTEM_ROOTS = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private final X509ExtendedTrustManager chain;
    private final List<String> accepted;

    private TlsTrust(X509ExtendedTrustManager chain, List<String> accepted) {
        this.chain = chain;
        this.accepted = accepted;
    }

    /**
     * Trust in what a CA has signed.
     *
     * @param caFile null: the system's roots
     * @param crlFile null: nothing is revoked
     * @param accepted names, any of which the server must have; empty: the one that is dialled
     */
    static TlsTrust of(@Nullable Path caFile, @Nullable Path crlFile, List<String> accepted)
            throws IOException, GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        KeyStore roots = roots(caFile);
        if (crlFile == null) {
            factory.init(roots);
        } else {
            factory.init(new CertPathTrustManagerParameters(revoking(roots, PemFiles.revocations(crlFile))));
        }
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager x509) {
                return new TlsTrust(x509, accepted);
            }
        }
        throw new GeneralSecurityException("the JDK has no trust manager for X.509");
    }

    private static @Nullable KeyStore roots(@Nullable Path caFile) throws IOException, GeneralSecurityException {
        Path file = caFile != null
                ? caFile
                : SYSTEM_ROOTS.stream().filter(Files::isReadable).findFirst().orElse(null);
        if (file == null) {
            return null; // the JDK's own
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (X509Certificate certificate : PemFiles.certificates(file)) {
            store.setCertificateEntry("ca-" + number++, certificate);
        }
        return store;
    }

    private static PKIXBuilderParameters revoking(@Nullable KeyStore roots, List<X509CRL> revocations)
            throws GeneralSecurityException {
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(roots, new X509CertSelector());
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(revocations)));
        PKIXRevocationChecker checker =
                (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
        checker.setOptions(
                EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
        parameters.addCertPathChecker(checker);
        return parameters;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] certificates, String authType, SSLEngine engine)
            throws CertificateException {
        chain.checkServerTrusted(certificates, authType, engine);
        if (!accepted.isEmpty() && !PeerIdentity.matches(certificates[0], accepted)) {
            throw new CertificateException("subject alternative names: " + certificates[0].getSubjectAlternativeNames()
                    + " (expected: any of " + accepted + ")");
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return chain.getAcceptedIssuers();
    }

    // ---- not asked: we are the client, and use engines ------------------------------------------------------------

    @Override
    public void checkServerTrusted(X509Certificate[] certificates, String authType) throws CertificateException {
        throw new CertificateException("no engine");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] certificates, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("no engine");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] certificates, String authType) throws CertificateException {
        throw new CertificateException("not a server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] certificates, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("not a server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] certificates, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("not a server");
    }
}
