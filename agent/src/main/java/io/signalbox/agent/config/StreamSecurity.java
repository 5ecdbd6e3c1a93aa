package io.signalbox.agent.config;

import java.nio.file.Path;
import java.util.Optional;

/** How the stream to the config service is protected. */
public sealed interface StreamSecurity {
    /** Not at all: for development, over loopback. */
    record PlainText() implements StreamSecurity {}

    /**
     * TLS. Both files are read again for every attempt to connect, since they change under way.
     *
     * @param ca certificates, in PEM, that the config service's must lead to
     * @param token file with the token by which the agent proves who it is; empty: it does not
     */
    record Tls(Path ca, Optional<Path> token) implements StreamSecurity {}
}
