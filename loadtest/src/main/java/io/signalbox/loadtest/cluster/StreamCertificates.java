package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.backend.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files, in PEM, that the streams between config services and agents are protected by.
 *
 * @param ca certificate of the CA
 * @param certificate of the config services, issued by it
 * @param key private key of that
 */
record StreamCertificates(Path ca, Path certificate, Path key) {
    /** Makes them for config services of that name. */
    static StreamCertificates make(String name, Path directory) throws IOException {
        Path files = Files.createDirectories(directory);
        Certificates certificates =
                new Certificates(files).authority("config-ca").issue("config", "config-ca", name);
        return new StreamCertificates(
                certificates.writeCertificates("config-ca", files.resolve("ca.crt")),
                certificates.writeCertificates("config", files.resolve("tls.crt")),
                certificates.writeKey("config", files.resolve("tls.key")));
    }
}
