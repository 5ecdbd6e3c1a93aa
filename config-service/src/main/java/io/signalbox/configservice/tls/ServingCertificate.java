package io.signalbox.configservice.tls;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * A certificate with its private key.
 *
 * @param key private key of the first certificate
 * @param chain the server's certificate, then those that lead to its CA
 */
public record ServingCertificate(PrivateKey key, List<X509Certificate> chain) {
    private static final byte[] PROBE = {1, 2, 3, 4};
    private static final int PEM_LINE = 64;

    public ServingCertificate {
        chain = List.copyOf(chain);
    }

    /**
     * Reads PEM.
     *
     * @throws IOException when a part is missing or broken, or the key is not that of the first certificate; the
     *     message says which
     */
    public static ServingCertificate ofPem(String certificates, String key) throws IOException {
        ServingCertificate read = new ServingCertificate(privateKey(key), chain(certificates));
        if (!read.isKeyOfCertificate()) {
            throw new IOException("the private key is not that of the first certificate, "
                    + read.leaf().getSubjectX500Principal());
        }
        return read;
    }

    /** The server's own certificate. */
    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /** The certificates as PEM, the server's own first. */
    public String chainPem() {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : chain) {
            try {
                pem.append(pem("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("a certificate that was read cannot be written", e);
            }
        }
        return pem.toString();
    }

    /** The private key as PEM, PKCS #8. */
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + type
                + "-----\n";
    }

    private static List<X509Certificate> chain(String pem) throws IOException {
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        List<X509Certificate> chain = new ArrayList<>();
        for (Object each : objects(pem)) {
            if (each instanceof X509CertificateHolder holder) {
                try {
                    chain.add(converter.getCertificate(holder));
                } catch (CertificateException e) {
                    throw new IOException("a certificate cannot be read: " + e.getMessage(), e);
                }
            }
        }
        if (chain.isEmpty()) {
            throw new IOException("no certificate (expected: PEM)");
        }
        return chain;
    }

    private static PrivateKey privateKey(String pem) throws IOException {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        for (Object each : objects(pem)) {
            if (each instanceof PEMKeyPair pair) {
                return converter.getPrivateKey(pair.getPrivateKeyInfo());
            }
            if (each instanceof PrivateKeyInfo info) {
                return converter.getPrivateKey(info);
            }
        }
        throw new IOException("no private key (expected: PEM, not encrypted)");
    }

    private static List<Object> objects(String pem) throws IOException {
        List<Object> objects = new ArrayList<>();
        try (Reader text = new StringReader(pem);
                PEMParser parser = new PEMParser(text)) {
            for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
                objects.add(each);
            }
        }
        return objects;
    }

    /** Files change one after the other, so a key may for a moment stand beside the certificate of another. */
    private boolean isKeyOfCertificate() throws IOException {
        PublicKey publicKey = leaf().getPublicKey();
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> publicKey.getAlgorithm();
        };
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(PROBE);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(publicKey);
            verifying.update(PROBE);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new IOException("the private key does not fit the certificate: " + e.getMessage(), e);
        }
    }
}
