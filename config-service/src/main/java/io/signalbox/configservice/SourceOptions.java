package io.signalbox.configservice;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the registry is, and how it is reached. */
public sealed interface SourceOptions {
    /**
     * Files.
     *
     * @param registry directory of Kubernetes YAML
     */
    record Files(Path registry) implements SourceOptions {
        static Files parse(SettingsParser parser) {
            parser.refuse("--source files", "kubeconfig", "namespaces", "write-status", "lease-namespace");
            return new Files(parser.read("registry", Path.of("."), Files::directory));
        }

        private static Path directory(String text) {
            Path path = path(text);
            if (!java.nio.file.Files.isDirectory(path)) {
                throw new IllegalArgumentException(
                        text + (java.nio.file.Files.exists(path) ? " is no directory" : " does not exist")
                                + " (expected: a directory of Kubernetes YAML files)");
            }
            if (!java.nio.file.Files.isReadable(path)) {
                throw new IllegalArgumentException(text + " cannot be read; check its permissions");
            }
            return path;
        }
    }

    /**
     * A cluster's API server.
     *
     * @param kubeconfig how to reach it; null: as {@code KUBECONFIG} or the pod's service account say
     * @param namespaces the only ones that are looked at; empty: all
     * @param writeStatus whether what was decided is written back
     * @param leaseNamespace namespace of the lease that says which replica writes; empty: the client's own
     */
    record Kubernetes(@Nullable Path kubeconfig, List<String> namespaces, boolean writeStatus, String leaseNamespace)
            implements SourceOptions {
        private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

        public Kubernetes {
            namespaces = List.copyOf(namespaces);
        }

        static Kubernetes parse(SettingsParser parser) {
            parser.refuse("--source kubernetes", "registry");
            return new Kubernetes(
                    parser.optional("kubeconfig", Kubernetes::file).orElse(null),
                    parser.optional("namespaces", Kubernetes::names).orElse(List.of()),
                    parser.optional("write-status", ServiceConfig.word("true", "false"))
                            .orElse("true")
                            .equals("true"),
                    parser.optional("lease-namespace", Kubernetes::namespace).orElse(""));
        }

        private static Path file(String text) {
            Path path = path(text);
            if (!java.nio.file.Files.isReadable(path)) {
                throw new IllegalArgumentException(text + " cannot be read (expected: a kubeconfig file)");
            }
            return path;
        }

        private static List<String> names(String text) {
            return Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .map(Kubernetes::namespace)
                    .distinct()
                    .sorted()
                    .toList();
        }

        private static String namespace(String text) {
            if (!NAMESPACE.matcher(text).matches()) {
                throw new IllegalArgumentException(text + " (expected: a namespace's name, such as shop)");
            }
            return text;
        }
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(text + " is no path", e);
        }
    }
}
