package io.signalbox.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {
    @TempDir
    private Path files;

    private Path write(String content) throws IOException {
        return Files.writeString(files.resolve("file.pem"), content);
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END " + type + "-----\n";
    }

    /** What PKCS #8 wraps, of a key of more than 255 bytes: behind the head, the version and the algorithm. */
    private static byte[] inner(PrivateKey key) {
        byte[] pkcs8 = key.getEncoded();
        int octets = 9 + pkcs8[8];
        return Arrays.copyOfRange(pkcs8, octets + 4, pkcs8.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ec"})
    void readsPkcs8(String algorithm) throws Exception {
        CertificateBuilder builder = new CertificateBuilder().subject("CN=a").setIsCertificateAuthority(true);
        X509Bundle bundle = (algorithm.equals("rsa") ? builder.rsa2048() : builder.ecp256()).buildSelfSigned();
        assertThat(PemFiles.privateKey(write(bundle.getCertificatePEM() + bundle.getPrivateKeyPEM())))
                .isEqualTo(bundle.getKeyPair().getPrivate());
    }

    @Test
    void readsPkcs1() throws Exception {
        PrivateKey key = new CertificateBuilder()
                .subject("CN=a")
                .setIsCertificateAuthority(true)
                .rsa2048()
                .buildSelfSigned()
                .getKeyPair()
                .getPrivate();
        assertThat(PemFiles.privateKey(write(pem("RSA PRIVATE KEY", inner(key)))))
                .isEqualTo(key);
    }

    // openssl ecparam -name prime256v1 -genkey -noout
    @Test
    void readsSec1() throws Exception {
        String key = """
                -----BEGIN EC PRIVATE KEY-----
                MHcCAQEEIPtKsY3AmdPpfeQ8STfHpn/QUa+4nvyYLC+4xTyS0ePUoAoGCCqGSM49
                AwEHoUQDQgAEo8jZvv4EXMOrYt2k6CxgLTYiRm89N/WV2R6Efll967bc5gsGE4Ty
                1vKefYJm/H6dVTfQe63mbrXJf2W515Xd3A==
                -----END EC PRIVATE KEY-----
                """;
        assertThat(PemFiles.privateKey(write(key)).getAlgorithm()).isEqualTo("EC");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n"
            })
    void namesTheFileThatHoldsNoKey(String content) throws IOException {
        Path file = write(content);
        assertThatThrownBy(() -> PemFiles.privateKey(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": ");
    }

    @Test
    void namesTheFileThatHoldsNoCertificates() throws IOException {
        Path file = write("nothing");
        assertThatThrownBy(() -> PemFiles.certificates(file)).hasMessageStartingWith(file + ": ");
        assertThatThrownBy(() -> PemFiles.certificates(files.resolve("missing")))
                .hasMessageContaining("missing: cannot be read");
    }
}
