package io.signalbox.agent;

import io.signalbox.agent.cli.ExplainCommand;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The program: options, logging, signals and the exit code. */
public final class AgentMain {
    /** Exit code for options that cannot be used, as in sysexits.h. */
    static final int EXIT_USAGE = 64;

    /** Exit code for an agent that could not start. */
    static final int EXIT_START_FAILED = 1;

    /** What closing may take after draining: mainly the last export of spans. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(15);

    private static final String PROGRAM = "signalbox-agent";
    private static final String EXPLAIN = "explain";
    private static final String CAPTURE = "capture";

    private AgentMain() {}

    /** Runs until SIGTERM, SIGINT or {@code POST /drain}. */
    public static void main(String[] args) {
        System.exit(run(args, System.getenv(), System.out, System.err));
    }

    static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
        if (args.length > 0 && args[0].equals(EXPLAIN)) {
            // Apart from the program's own command line, so that starting an agent loads nothing of it.
            return ExplainCommand.run(Arrays.copyOfRange(args, 1, args.length), environment, out, err);
        }
        if (args.length > 0 && args[0].equals(CAPTURE)) {
            return CaptureCommand.run(Arrays.copyOfRange(args, 1, args.length), environment, out, err);
        }
        CommandLine commandLine = new CommandLine(commandSpec());
        AgentConfig config;
        try {
            ParseResult parsed = commandLine.parseArgs(args);
            if (parsed.isUsageHelpRequested()) {
                commandLine.usage(out);
                return 0;
            }
            if (parsed.isVersionHelpRequested()) {
                commandLine.printVersionHelp(out);
                return 0;
            }
            config = AgentConfig.of(flags(parsed), environment);
        } catch (ParameterException e) {
            err.println(PROGRAM + ": " + e.getMessage() + " (see --help)");
            return EXIT_USAGE;
        } catch (InvalidConfigException e) {
            e.problems().forEach(problem -> err.println(PROGRAM + ": " + problem));
            return EXIT_USAGE;
        }
        Logging.start(config);
        try (Agent agent = Agent.build(config, environment)) {
            agent.start();
            Runtime.getRuntime().addShutdownHook(shutdownHook(agent, config));
            agent.awaitShutdown();
            return 0;
        } catch (StartException e) {
            err.println(PROGRAM + ": " + e.getMessage());
            return EXIT_START_FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return EXIT_START_FAILED;
        }
    }

    // Left to itself, the JVM exits with 143 after a signal; an agent that drained as asked has not failed. The hook
    // also
    // runs when the main thread exits after POST /drain: then all is closed already, and the code is 0 too.
    private static Thread shutdownHook(Agent agent, AgentConfig config) {
        return new Thread(
                () -> {
                    agent.requestShutdown();
                    if (agent.awaitClosed(config.drainTimeout().plus(CLOSE_TIMEOUT))) {
                        Runtime.getRuntime().halt(0);
                    }
                },
                "signalbox-shutdown");
    }

    static Map<AgentOption, String> flags(ParseResult parsed) {
        Map<AgentOption, String> flags = new EnumMap<>(AgentOption.class);
        for (AgentOption option : AgentOption.values()) {
            if (parsed.hasMatchedOption(option.flag())) {
                flags.put(option, parsed.matchedOptionValue(option.flag(), ""));
            }
        }
        return flags;
    }

    /** Version of this program; {@code dev} when it does not run from its jar. */
    static String version() {
        String version = AgentMain.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    private static CommandSpec commandSpec() {
        CommandSpec spec = CommandSpec.create().name(PROGRAM).version(PROGRAM + " " + version());
        spec.usageMessage()
                .width(120)
                .description("Balances every request that leaves the pods of one node.")
                .footer(
                        "",
                        "Each option can also be given in the environment (--drain-timeout as SIGNALBOX_DRAIN_TIMEOUT) or in the",
                        "file of --config (drain-timeout: 20s). The command line wins over the environment, that over the file.",
                        "'agent explain URL' asks the running agent what becomes of a request, and why: agent explain --help.",
                        "'agent capture install|remove|status' is about the rules of the kernel: agent capture --help.",
                        "Traces are exported when OTEL_TRACES_EXPORTER or OTEL_EXPORTER_OTLP_ENDPOINT is set.");
        for (AgentOption option : AgentOption.values()) {
            spec.addOption(optionSpec(option));
        }
        spec.addOption(OptionSpec.builder("--help")
                .usageHelp(true)
                .description("Print this and exit.")
                .build());
        spec.addOption(OptionSpec.builder("--version")
                .versionHelp(true)
                .description("Print the version and exit.")
                .build());
        return spec;
    }

    static OptionSpec optionSpec(AgentOption option) {
        String suffix = option.defaultValue().isEmpty() ? "" : " (default: " + option.defaultValue() + ")";
        OptionSpec.Builder builder = OptionSpec.builder(option.flag())
                .paramLabel(option.label())
                .type(String.class)
                .description(option.description() + suffix);
        return (option.isFlag() ? builder.arity("0..1").fallbackValue("true") : builder).build();
    }
}
