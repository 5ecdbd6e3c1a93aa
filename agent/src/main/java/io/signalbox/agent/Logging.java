package io.signalbox.agent;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.jul.LevelChangePropagator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Logback's configuration, in code: reading it from XML would load some four hundred classes more into every node's
 * agent. Logback finds it as a service and asks it once, when the first logger is made.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %logger{0} %msg%n%ex{short}%nopex";

    /** Libraries speak up only when something is wrong. */
    private static final Level LIBRARIES = Level.WARN;

    private static volatile @Nullable Settings settings;

    private record Settings(AgentConfig.LogFormat format, Level level) {}

    /** Sets what Logback will be told; to be called before the first logger is made. */
    static void start(AgentConfig config) {
        settings =
                new Settings(config.logFormat(), Level.toLevel(config.logLevel().name()));
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        LoggerFactory.getILoggerFactory();
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Settings wanted = settings;
        if (wanted == null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        // Keeps java.util.logging from making records that nobody will read.
        LevelChangePropagator propagator = new LevelChangePropagator();
        propagator.setContext(context);
        propagator.start();
        context.addListener(propagator);

        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName("console");
        console.setEncoder(encoder(context, wanted.format()));
        console.start();

        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(LIBRARIES);
        root.addAppender(console);
        // Their loggers of java.util.logging have levels of their own, which the root's does not reach.
        for (String library : List.of("com.sun.net.httpserver", "jdk.event.security")) {
            context.getLogger(library).setLevel(LIBRARIES);
        }
        context.getLogger("io.signalbox").setLevel(wanted.level());
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, AgentConfig.LogFormat format) {
        return switch (format) {
            case JSON -> {
                JsonLogEncoder json = new JsonLogEncoder();
                json.setContext(context);
                json.start();
                yield json;
            }
            case PLAIN -> {
                PatternLayoutEncoder plain = new PatternLayoutEncoder();
                plain.setContext(context);
                plain.setPattern(PATTERN);
                plain.start();
                yield plain;
            }
        };
    }
}
