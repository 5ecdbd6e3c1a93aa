package io.signalbox.agent.upstream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what TLS needs from PEM files. Failures name the file. */
final class PemFiles {
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]*)-----END \\1-----");
    private static final byte[] RSA_ALGORITHM = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC_PUBLIC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {2, 1, 0};

    private PemFiles() {}

    /** All certificates of a file; at least one. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (Certificate certificate : x509().generateCertificates(content(file))) {
                certificates.add((X509Certificate) certificate);
            }
            if (certificates.isEmpty()) {
                throw new IOException(file + ": no certificates (expected: PEM)");
            }
            return certificates;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": not certificates in PEM: " + e.getMessage(), e);
        }
    }

    /** All revocation lists of a file. */
    static List<X509CRL> revocations(Path file) throws IOException {
        try {
            return x509().generateCRLs(content(file)).stream()
                    .map(X509CRL.class::cast)
                    .toList();
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": not revocation lists in PEM: " + e.getMessage(), e);
        }
    }

    /** The first private key of a file: PKCS #8, PKCS #1 (RSA) or SEC 1 (EC), not encrypted. */
    static PrivateKey privateKey(Path file) throws IOException {
        Matcher pem = PRIVATE_KEY.matcher(text(file));
        if (!pem.find()) {
            throw new IOException(file + ": no private key (expected: PEM, not encrypted)");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
            byte[] pkcs8 = switch (pem.group(1)) {
                case "RSA PRIVATE KEY" -> pkcs8(RSA_ALGORITHM, der);
                case "EC PRIVATE KEY" -> pkcs8(sequence(EC_PUBLIC_KEY, curve(der)), der);
                default -> der;
            };
            PrivateKey key = decode(pkcs8);
            if (key != null) {
                return key;
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException(file + ": not a private key: " + e.getMessage(), e);
        }
        throw new IOException(file + ": not a private key of " + String.join(", ", KEY_ALGORITHMS));
    }

    private static @Nullable PrivateKey decode(byte[] pkcs8) throws GeneralSecurityException {
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // of another algorithm
            }
        }
        return null;
    }

    /** The curve's name out of an ECPrivateKey (RFC 5915): what stands in the element tagged [0]. */
    private static byte[] curve(byte[] der) throws InvalidKeySpecException {
        for (int i = 2; i + 1 < der.length; ) {
            int length = der[i + 1] & 0xff;
            if (der[i] == (byte) 0xa0) {
                byte[] name = new byte[length];
                System.arraycopy(der, i + 2, name, 0, length);
                return name;
            }
            i += 2 + length;
        }
        throw new InvalidKeySpecException("it does not name its curve");
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return sequence(VERSION_0, algorithm, element(OCTET_STRING, key));
    }

    private static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        return element(SEQUENCE, content.toByteArray());
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 4);
        out.write(tag);
        if (content.length >= 0x100) {
            out.write(0x82);
            out.write(content.length >> 8);
        } else if (content.length >= 0x80) {
            out.write(0x81);
        }
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static CertificateFactory x509() throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509");
    }

    private static ByteArrayInputStream content(Path file) throws IOException {
        return new ByteArrayInputStream(text(file).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IOException(file + ": cannot be read: " + e, e);
        }
    }
}
