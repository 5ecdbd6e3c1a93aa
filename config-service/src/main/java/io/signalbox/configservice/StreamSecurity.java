package io.signalbox.configservice;

import io.signalbox.configservice.identity.ServiceAccount;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How the agents' streams are protected.
 *
 * @param transport what the bytes travel in
 * @param agents how agents prove who they are
 */
public record StreamSecurity(Transport transport, AgentProof agents) {
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

    /**
     * TLS with a certificate that the replicas make themselves and keep in the cluster.
     *
     * @param names DNS names and IP addresses that agents know the service by; empty: those of Service
     *     {@code signalbox-config} in the config service's own namespace
     */
    public record SelfSigned(List<String> names) implements Transport {
        public SelfSigned {
            names = List.copyOf(names);
        }
    }

    /** How agents prove who they are. */
    public sealed interface AgentProof {}

    /** Not at all: whoever reaches the port can be any node's agent. */
    public record NoProof() implements AgentProof {}

    /**
     * By service-account tokens, which the cluster's API server reviews.
     *
     * @param audience that they must be meant for
     * @param account whose they must be
     */
    public record TokenProof(String audience, ServiceAccount account) implements AgentProof {}

    private static final Pattern ACCOUNT = Pattern.compile("([a-z0-9][-a-z0-9]{0,62})/([a-z0-9][-.a-z0-9]{0,252})");

    private static final Pattern NAME = Pattern.compile("[-.:*a-zA-Z0-9]{1,253}");

    /** No protection at all, on loopback only. */
    public static StreamSecurity insecure() {
        return new StreamSecurity(new PlainText(), new NoProof());
    }

    /**
     * Reads the settings.
     *
     * @param hasCluster whether there is an API server to ask
     */
    static StreamSecurity parse(SettingsParser settings, InetAddress bindAddress, boolean hasCluster) {
        boolean insecure = settings.read("insecure-development", false, StreamSecurity::flag);
        AgentProof agents = agents(settings);
        Transport transport = transport(settings);
        if (insecure) {
            if (!bindAddress.isLoopbackAddress()) {
                settings.error("--insecure-development: --bind-address is " + bindAddress.getHostAddress()
                        + " (expected: a loopback address, since anybody could read and change what agents are told)");
            }
            if (settings.isGiven("tls") || settings.isGiven("tls-certificate") || settings.isGiven("tls-key")) {
                settings.error("--insecure-development: plain text has no certificate (expected: either it, or --tls"
                        + " or --tls-certificate and --tls-key)");
            }
            if (settings.isGiven("agent-authentication")) {
                settings.error("--insecure-development: tokens are shown over TLS alone (expected: either it, or"
                        + " --agent-authentication)");
            }
            return insecure();
        }
        if (transport instanceof SelfSigned && !hasCluster) {
            settings.error("--tls: self-signed keeps its certificate in the cluster (expected: together with --source"
                    + " kubernetes; or --tls-certificate and --tls-key)");
        }
        // Without any transport, that alone is told.
        if (agents instanceof TokenProof && !hasCluster && !(transport instanceof PlainText)) {
            settings.error("--agent-authentication: token-review asks the cluster (expected: together with --source"
                    + " kubernetes; or none, which lets everybody in who reaches the port)");
        }
        return new StreamSecurity(transport, agents);
    }

    private static Transport transport(SettingsParser settings) {
        Optional<Path> certificate = settings.optional("tls-certificate", StreamSecurity::file);
        Optional<Path> key = settings.optional("tls-key", StreamSecurity::file);
        List<String> names =
                settings.optional("tls-names", StreamSecurity::names).orElse(List.of());
        boolean isFiles = settings.isGiven("tls-certificate") || settings.isGiven("tls-key");
        if (settings.isGiven("tls")) {
            if (settings.optional("tls", StreamSecurity::selfSigned).isEmpty()) {
                return new PlainText();
            }
            if (isFiles) {
                settings.error("--tls: self-signed needs no files (expected: either it, or --tls-certificate and"
                        + " --tls-key)");
            }
            return new SelfSigned(names);
        }
        boolean isInsecure = settings.optional("insecure-development", text -> text.equals("true"))
                .orElse(false);
        if (!isInsecure && !(settings.isGiven("tls-certificate") && settings.isGiven("tls-key"))) {
            settings.error("agents' streams need TLS: give --tls-certificate and --tls-key, or --tls self-signed in a"
                    + " cluster, or --insecure-development for plain text on a loopback address");
        }
        return certificate.isPresent() && key.isPresent()
                ? new TlsFiles(certificate.get(), key.get())
                : new PlainText();
    }

    private static String selfSigned(String text) {
        if (!text.equals("self-signed")) {
            throw new IllegalArgumentException(text + " (expected: self-signed)");
        }
        return text;
    }

    private static List<String> names(String text) {
        List<String> names =
                Stream.of(text.split(",", -1)).map(String::strip).distinct().toList();
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        name + " (expected: DNS names and IP addresses with commas between)");
            }
        }
        return names;
    }

    private static AgentProof agents(SettingsParser settings) {
        TokenProof tokens = new TokenProof(
                settings.read("agent-token-audience", "", text -> text),
                settings.read("agent-service-account", new ServiceAccount("", ""), StreamSecurity::account));
        AgentProof whenMissing = settings.isGiven("agent-authentication") ? new NoProof() : tokens;
        return settings.<AgentProof>optional("agent-authentication", text -> switch (text) {
                    case "token-review" -> tokens;
                    case "none" -> new NoProof();
                    default -> throw new IllegalArgumentException(text + " (expected: token-review or none)");
                })
                .orElse(whenMissing);
    }

    private static ServiceAccount account(String text) {
        Matcher matcher = ACCOUNT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text + " (expected: NAMESPACE/NAME of a service account)");
        }
        return new ServiceAccount(matcher.group(1), matcher.group(2));
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
