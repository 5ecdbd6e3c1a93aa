package io.signalbox.loadtest.backend;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Keys and certificates for tests, made by the JDK's keytool and kept in a directory. Not safe for use by several
 * threads.
 */
public final class Certificates {
    private static final String PASSWORD = "for tests";
    private static final int DEADLINE_SECONDS = 60;

    private final Path directory;
    private final Path keyStore;

    /** Keeps its files in that directory, which must exist. */
    public Certificates(Path directory) {
        this.directory = directory;
        this.keyStore = directory.resolve("keys.p12");
    }

    /** Makes an authority of that name. */
    public Certificates authority(String name) throws IOException {
        generate(name, List.of("-ext", "bc:critical"));
        return this;
    }

    /** Makes a key with a certificate that nobody but itself vouches for. */
    public Certificates selfSigned(String name) throws IOException {
        generate(name, List.of());
        return this;
    }

    /** Makes a key with a certificate of that authority, good for these DNS names; replaces an older one. */
    public Certificates issue(String name, String authority, String... dnsNames) throws IOException {
        List<String> more = new ArrayList<>(List.of("-signer", authority));
        if (dnsNames.length > 0) {
            more.add("-ext");
            more.add("san=" + Arrays.stream(dnsNames).map(n -> "dns:" + n).collect(Collectors.joining(",")));
        }
        generate(name, more);
        return this;
    }

    /** What a server needs to be {@code name}; it accepts clients with certificates of {@code clientAuthority}. */
    public SSLContext server(String name, String clientAuthority) throws IOException {
        try {
            KeyStore trusted = empty();
            trusted.setCertificateEntry(clientAuthority, load().getCertificate(clientAuthority));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyStore own = empty();
            own.setEntry(name, load().getEntry(name, protection()), protection());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(name + ": no TLS with it", e);
        }
    }

    /** Writes the certificates of {@code name}, its own first, as PEM to that file. */
    public Path writeCertificates(String name, Path file) throws IOException {
        try {
            StringBuilder pem = new StringBuilder();
            for (Certificate certificate : load().getCertificateChain(name)) {
                pem.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
            return replace(file, pem.toString());
        } catch (GeneralSecurityException e) {
            throw new IOException(name + ": no certificates", e);
        }
    }

    /** Writes the private key of {@code name} as PEM to that file. */
    public Path writeKey(String name, Path file) throws IOException {
        try {
            return replace(
                    file,
                    pem(
                            "PRIVATE KEY",
                            load().getKey(name, PASSWORD.toCharArray()).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException(name + ": no key", e);
        }
    }

    private void generate(String name, List<String> more) throws IOException {
        if (Files.exists(keyStore)) {
            // Fails where there is no such name, which is as good.
            keytool(List.of("-delete", "-alias", name), false);
        }
        List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name));
        arguments.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
        arguments.addAll(more);
        keytool(arguments, true);
    }

    private void keytool(List<String> arguments, boolean isRequired) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-keystore", keyStore.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Path log = directory.resolve("keytool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("keytool: still runs after " + DEADLINE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            process.destroyForcibly();
        }
        if (isRequired && process.exitValue() != 0) {
            throw new IOException(
                    "keytool " + arguments + ": exit code " + process.exitValue() + "\n" + Files.readString(log));
        }
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static KeyStore.PasswordProtection protection() {
        return new KeyStore.PasswordProtection(PASSWORD.toCharArray());
    }

    private Path replace(Path file, String content) throws IOException {
        Path draft = Files.createTempFile(directory, "draft", null);
        Files.writeString(draft, content, StandardCharsets.US_ASCII);
        return Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + kind + "-----\n";
    }
}
