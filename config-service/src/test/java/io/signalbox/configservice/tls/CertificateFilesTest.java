package io.signalbox.configservice.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFilesTest {
    private final CertificateAuthority ca = CertificateAuthority.create("test", Instant.now(), Duration.ofDays(1));
    private final ServingCertificate first = issue();
    private final ServingCertificate second = issue();

    @TempDir
    private Path directory;

    private final BlockingQueue<ServingCertificate> changes = new LinkedBlockingQueue<>();
    private Path certificate;
    private Path key;

    private ServingCertificate issue() {
        return ca.issue(List.of("config.signalbox.svc", "127.0.0.1"), Instant.now(), Duration.ofHours(1));
    }

    @BeforeEach
    void write() throws IOException {
        certificate = directory.resolve("tls.crt");
        key = directory.resolve("tls.key");
        write(first.chainPem(), first.keyPem());
    }

    private void write(String chainPem, String keyPem) throws IOException {
        Files.writeString(certificate, chainPem);
        Files.writeString(key, keyPem);
    }

    private CertificateFiles files() {
        return new CertificateFiles(certificate, key, Duration.ofMillis(5));
    }

    @Test
    void tellsOfANewCertificateOnceItsKeyIsThereToo() throws Exception {
        try (CertificateFiles files = files()) {
            assertThat(files.load()).isEqualTo(first);
            files.watch(changes::add);

            Files.writeString(certificate, second.chainPem());
            assertThat(changes.poll(100, TimeUnit.MILLISECONDS)).isNull();
            Files.writeString(key, second.keyPem());

            assertThat(changes.poll(5, TimeUnit.SECONDS)).isEqualTo(second);
        }
    }

    @Test
    void filesThatGoAndComeBackChangeNothingMeanwhile() throws Exception {
        try (CertificateFiles files = files()) {
            files.load();
            files.watch(changes::add);

            Files.delete(certificate);
            assertThat(changes.poll(100, TimeUnit.MILLISECONDS)).isNull();
            write(second.chainPem(), second.keyPem());

            assertThat(changes.poll(5, TimeUnit.SECONDS)).isEqualTo(second);
        }
    }

    @Test
    void saysWhichFileCannotBeUsed() throws IOException {
        write("", first.keyPem());
        assertThatThrownBy(() -> files().load()).isInstanceOf(IOException.class).hasMessageContaining("no certificate");
        write(first.chainPem(), "");
        assertThatThrownBy(() -> files().load()).hasMessageContaining("no private key");
        write(first.chainPem(), second.keyPem());
        assertThatThrownBy(() -> files().load())
                .hasMessageContaining(certificate + ", " + key)
                .hasMessageContaining("not that of the first certificate");
        Files.delete(key);
        assertThatThrownBy(() -> files().load()).hasMessageContaining(key + " cannot be read");
    }

    @Test
    void readsKeysInTheFormOfTheirAlgorithm() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        PrivateKey rsa = generator.generateKeyPair().getPrivate();
        StringWriter pem = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
            writer.writeObject(rsa);
        }
        assertThat(pem.toString()).startsWith("-----BEGIN RSA PRIVATE KEY-----");
        write(first.chainPem(), pem.toString());

        assertThatThrownBy(() -> files().load()).hasMessageContaining("does not fit the certificate");
    }

    @Test
    void anIssuedCertificateLeadsToItsCa() throws Exception {
        first.leaf().verify(ca.certificate().getPublicKey());
        assertThat(first.leaf().getSubjectAlternativeNames())
                .extracting(name -> name.get(1).toString())
                .containsExactly("config.signalbox.svc", "127.0.0.1");
        assertThat(ca.certificate().getBasicConstraints()).isZero();
    }
}
