package io.signalbox.agent;

import io.signalbox.agent.apply.CaptureMode;
import io.signalbox.agent.capture.rules.CaptureRules;
import io.signalbox.agent.capture.rules.CaptureSettings;
import io.signalbox.agent.capture.rules.Nft;
import io.signalbox.agent.capture.rules.NodeCapture;
import io.signalbox.agent.capture.rules.PolicyRouting;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * {@code agent capture install|remove|status}: the rules of the node's network namespace, without a running agent. It
 * understands the options as the agent does, so that both mean the same rules.
 */
final class CaptureCommand {
    private static final String NAME = "agent capture";
    private static final String DRY_RUN = "--dry-run";

    /** What it is to do. */
    private enum Action {
        INSTALL,
        REMOVE,
        STATUS
    }

    private final PrintStream out;
    private final boolean isDryRun;

    private CaptureCommand(PrintStream out, boolean isDryRun) {
        this.out = out;
        this.isDryRun = isDryRun;
    }

    /**
     * Runs the command.
     *
     * @return 0 when done, and for status when the rules are installed as wanted; 1 when not; 64 for wrong options
     */
    static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
        CommandLine commandLine = new CommandLine(commandSpec());
        try {
            ParseResult parsed = commandLine.parseArgs(args);
            if (parsed.isUsageHelpRequested()) {
                commandLine.usage(out);
                return 0;
            }
            Action action = action(parsed);
            OptionValues values = new OptionValues(AgentMain.flags(parsed), environment);
            CaptureCommand command = new CaptureCommand(out, parsed.hasMatchedOption(DRY_RUN));
            if (action == Action.REMOVE) {
                values.throwProblems();
                return command.remove();
            }
            CaptureRules rules = rules(values);
            return action == Action.INSTALL ? command.install(rules) : command.status(rules);
        } catch (ParameterException | IllegalArgumentException e) {
            err.println(NAME + ": " + e.getMessage() + " (see --help)");
            return AgentMain.EXIT_USAGE;
        } catch (InvalidConfigException e) {
            e.problems().forEach(problem -> err.println(NAME + ": " + problem));
            return AgentMain.EXIT_USAGE;
        } catch (IOException e) {
            err.println(NAME + ": " + e.getMessage());
            return AgentMain.EXIT_START_FAILED;
        }
    }

    private static Action action(ParseResult parsed) {
        String text = parsed.matchedPositionalValue(0, "");
        return Arrays.stream(Action.values())
                .filter(action -> action.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        (text.isEmpty() ? "missing" : text) + " (expected: install, remove or status)"));
    }

    private static CaptureRules rules(OptionValues values) throws InvalidConfigException {
        CaptureSettings settings = CaptureOptions.settings(values);
        CaptureMode mode = CaptureOptions.mode(values);
        if (!mode.needsNodeRules()) {
            values.problem(
                    AgentOption.CAPTURE,
                    mode.name().toLowerCase(Locale.ROOT)
                            + " (expected: redirect or tproxy, which need rules on the node)");
        }
        int port = values.integer(AgentOption.REDIRECT_PORT, 1, AgentConfig.MAX_PORT);
        int socketMark = CaptureOptions.socketMark(values);
        values.throwProblems();
        return CaptureOptions.rules(settings, mode, port, socketMark);
    }

    private int install(CaptureRules rules) throws IOException {
        boolean isRouted = rules.kind() == CaptureRules.Kind.TPROXY;
        if (isDryRun) {
            if (isRouted) {
                PolicyRouting.installCommands(rules.routingMark()).forEach(out::println);
            }
            out.println("nft -f - <<'END'");
            out.print(rules.installText());
            out.println("END");
        } else {
            NodeCapture.install(rules);
        }
        return 0;
    }

    private int remove() throws IOException {
        if (isDryRun) {
            out.println("nft -f - <<'END'");
            out.print(CaptureRules.removeText());
            out.println("END");
            PolicyRouting.removeCommands().forEach(out::println);
        } else {
            NodeCapture.remove();
            if (Nft.isAnyOwned()) {
                line("rules", "of the agent that runs stay, and go with it");
            }
        }
        return 0;
    }

    private int status(CaptureRules rules) throws IOException {
        Optional<Nft.Installed> installed = Nft.status(rules);
        boolean isRouted = rules.kind() == CaptureRules.Kind.TPROXY;
        boolean isRoutingGood =
                isRouted ? PolicyRouting.isInstalled(rules.routingMark()) : !PolicyRouting.isAnythingInstalled();
        boolean areRulesGood = installed.map(Nft.Installed::isAsWanted).orElse(false);
        line(
                "rules",
                installed.isEmpty()
                        ? "not installed"
                        : areRulesGood ? "installed, as they should be" : "other than they should be");
        if (isRouted || !isRoutingGood) {
            line("routing", isRouted ? isRoutingGood ? "installed, as it should be" : "not installed" : "left over");
        }
        installed.ifPresent(found -> {
            line("agent", found.isAgentAlive() ? "alive" : "no sign of life for " + CaptureRules.ALIVE_SECONDS + " s");
            line("captured", found.capturedIpv4() + " connections by IPv4, " + found.capturedIpv6() + " by IPv6");
        });
        return areRulesGood && isRoutingGood ? 0 : AgentMain.EXIT_START_FAILED;
    }

    private void line(String name, String value) {
        out.printf("%-9s %s%n", name, value);
    }

    private static CommandSpec commandSpec() {
        CommandSpec spec = CommandSpec.create().name(NAME);
        spec.usageMessage()
                .width(120)
                .description("Installs, removes or compares the rules that lead this node's connections to the agent.")
                .footer(
                        "",
                        "install replaces what is there at once; remove leaves nothing; both may be repeated. status ends with 0",
                        "if what is installed is what install would install, else with 1. The options are those of the agent, also",
                        "from the environment and the file of --config. Needs CAP_NET_ADMIN and the program nft, for tproxy also ip.");
        spec.addPositional(CommandLine.Model.PositionalParamSpec.builder()
                .index("0")
                .paramLabel("install|remove|status")
                .type(String.class)
                .description("What to do.")
                .build());
        CaptureOptions.ALL.forEach(option -> spec.addOption(AgentMain.optionSpec(option)));
        spec.addOption(OptionSpec.builder(DRY_RUN)
                .description("Print what would be run, and change nothing.")
                .build());
        spec.addOption(OptionSpec.builder("--help")
                .usageHelp(true)
                .description("Print this and exit.")
                .build());
        return spec;
    }
}
