package io.signalbox.configservice;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the agents' streams are protected.
 *
 * @param transport what the bytes travel in
 */
public record StreamSecurity(Transport transport) {
    /** What the bytes of the streams travel in. */
    public sealed interface Transport {}

    /** Nothing: for development, on loopback. */
    public record PlainText() implements Transport {}

    /**
     * TLS with a certificate from files, which are read again when they change.
     *
     * @param certificate the certificate, then those that lead to its CA; PEM
     * @param key private key of the first; PEM, not encrypted
     */
    public record TlsFiles(Path certificate, Path key) implements Transport {}

    private static final String EITHER =
            "give --tls-certificate and --tls-key, or --insecure-development for plain text on a loopback address";

    /** No protection at all, on loopback only. */
    public static StreamSecurity insecure() {
        return new StreamSecurity(new PlainText());
    }

    static StreamSecurity parse(SettingsParser settings, InetAddress bindAddress) {
        boolean insecure = settings.read("insecure-development", false, StreamSecurity::flag);
        Optional<Path> certificate = settings.optional("tls-certificate", StreamSecurity::file);
        Optional<Path> key = settings.optional("tls-key", StreamSecurity::file);
        if (insecure) {
            if (!bindAddress.isLoopbackAddress()) {
                settings.error("--insecure-development: --bind-address is " + bindAddress.getHostAddress()
                        + " (expected: a loopback address, since anybody could read and change what agents are told)");
            }
            if (certificate.isPresent() || key.isPresent()) {
                settings.error("--insecure-development: plain text has no certificate (expected: either it, or"
                        + " --tls-certificate and --tls-key)");
            }
            return insecure();
        }
        if (!settings.isGiven("tls-certificate") || !settings.isGiven("tls-key")) {
            settings.error("agents' streams need TLS: " + EITHER);
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            return insecure();
        }
        return new StreamSecurity(new TlsFiles(certificate.get(), key.get()));
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text + " (expected: true or false)");
        };
    }

    private static Path file(String text) {
        try {
            Path path = Path.of(text);
            if (!Files.isReadable(path)) {
                throw new IllegalArgumentException(text + " cannot be read (expected: a PEM file)");
            }
            return path;
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(text + " is no path", e);
        }
    }
}
