package io.signalbox.configservice.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate and its key in two files, read again when they change. Content is compared, not times: Kubernetes
 * changes mounted files by moving a link above them. What cannot be used is logged once and changes nothing.
 */
public final class CertificateFiles implements CertificateSource {
    /** How long a change may go unnoticed. */
    public static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(CertificateFiles.class);

    private final Path certificate;
    private final Path key;
    private final Duration interval;
    private final CountDownLatch closing = new CountDownLatch(1);
    private Content seen = new Content("", "", "");

    /** What stood in the files, or why it could not be read. */
    private record Content(String certificate, String key, String problem) {}

    /** The files, PEM; read by nobody yet. */
    public CertificateFiles(Path certificate, Path key, Duration interval) {
        this.certificate = certificate;
        this.key = key;
        this.interval = interval;
    }

    @Override
    public ServingCertificate load() throws IOException {
        seen = content();
        return parse(seen);
    }

    @Override
    public void watch(Consumer<ServingCertificate> changed) {
        Thread.ofVirtual().name("certificate-files").start(() -> {
            try {
                while (!closing.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                    check(changed);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void check(Consumer<ServingCertificate> changed) {
        Content now = content();
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            changed.accept(parse(now));
        } catch (IOException | RuntimeException e) {
            log.warn("new certificate not taken, the old one is served on: reason={}", e.getMessage());
        }
    }

    private Content content() {
        try {
            return new Content(read(certificate), read(key), "");
        } catch (IOException e) {
            return new Content("", "", "" + e.getMessage());
        }
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e, e);
        }
    }

    private ServingCertificate parse(Content content) throws IOException {
        if (!content.problem.isEmpty()) {
            throw new IOException(content.problem);
        }
        try {
            return ServingCertificate.ofPem(content.certificate, content.key);
        } catch (IOException e) {
            throw new IOException(certificate + ", " + key + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
