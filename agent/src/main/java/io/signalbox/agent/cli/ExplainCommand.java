package io.signalbox.agent.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code agent explain}: asks the agent of this node what it would do with a connection or request, and why. */
@Command(
        name = "agent explain",
        description = "Says what the running agent of this node would do with a connection or request, and why.",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "Examples:",
            "  agent explain http://reviews:9080/a?b=c",
            "  agent explain -X POST -H 'end-user: jason' --source-namespace shop --source-labels app=sleep"
                    + " http://reviews:9080/",
            "  agent explain --source shop/cart-7f9c --destination 10.96.0.20:443 tls://pay.example:443",
            "  agent explain tcp://10.96.0.20:6379",
            "  agent explain grpc://catalog:9090/shop.Catalog/List",
            "",
            "Ends with 0 when there is an answer, 1 when there is none, 64 when the question makes no sense."
        })
public final class ExplainCommand {
    private static final int EXIT_UNANSWERED = 1;
    private static final int EXIT_USAGE = 64;
    private static final String NAME = "agent explain: ";

    @Option(
            names = {"-X", "--request"},
            paramLabel = "METHOD",
            description = "Method of the request (default: GET, of gRPC: POST).")
    private @Nullable String method;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "'NAME: VALUE'",
            description = "Header of the request; may stand several times. Host replaces that of the URL.")
    private List<String> headers = new ArrayList<>();

    @Option(names = "--http2", description = "The client speaks HTTP/2.")
    private boolean http2;

    @Option(
            names = "--destination",
            paramLabel = "IP:PORT",
            description =
                    "Where the client connects to. Without it, an address is assumed with the port of the URL; for HTTP"
                            + " it does not count.")
    private @Nullable String destination;

    @Option(
            names = "--source",
            paramLabel = "POD|IP",
            description = "The calling workload, one of this node: namespace/name, name or address.")
    private @Nullable String source;

    @Option(names = "--source-namespace", paramLabel = "NAMESPACE", description = "Namespace of the caller.")
    private @Nullable String sourceNamespace;

    @Option(
            names = "--source-labels",
            paramLabel = "KEY=VALUE",
            split = ",",
            description = "Labels of the caller, separated by commas.")
    private Map<String, String> sourceLabels = new LinkedHashMap<>();

    @Option(names = "--source-locality", paramLabel = "REGION/ZONE", description = "Where the caller runs.")
    private @Nullable String sourceLocality;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            description = "Port of the agent's admin endpoint (default: SIGNALBOX_ADMIN_PORT, else 15000).")
    private @Nullable Integer adminPort;

    @Option(names = "--json", description = "Prints the answer as JSON.")
    private boolean json;

    @SuppressWarnings("UnusedVariable") // picocli reads it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this and ends.")
    private boolean help;

    @Parameters(
            arity = "1..2",
            paramLabel = "[METHOD] URL",
            description = "http://, https://, grpc://, tls:// or tcp://. https and tls mean TLS with the host as SNI.")
    private List<String> target = new ArrayList<>();

    private ExplainCommand() {}

    /**
     * Runs the command.
     *
     * @return the exit code
     */
    public static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
        ExplainCommand command = new ExplainCommand();
        CommandLine commandLine = new CommandLine(command);
        try {
            if (commandLine.parseArgs(args).isUsageHelpRequested()) {
                commandLine.usage(new PrintWriter(out, true, StandardCharsets.UTF_8));
                return 0;
            }
            return command.ask(environment, out, err);
        } catch (ParameterException | IllegalArgumentException e) {
            err.println(NAME + e.getMessage() + " (see --help)");
            return EXIT_USAGE;
        }
    }

    private int ask(Map<String, String> environment, PrintStream out, PrintStream err) {
        AskedTraffic traffic = AskedTraffic.of(
                target.size() == 2 ? target.get(0) : method, target.get(target.size() - 1), http2, destination);
        for (String header : headers) {
            traffic.header(header);
        }
        String question = traffic.question(new AskedSource(source, sourceNamespace, sourceLabels, sourceLocality));
        AdminClient.Answer answer = new AdminClient(port(environment)).explain(question);
        if (!answer.isGood()) {
            err.println(NAME + answer.text());
            return answer.isRefused() ? EXIT_USAGE : EXIT_UNANSWERED;
        }
        if (json) {
            out.print(answer.text());
        } else {
            traffic.assumption().ifPresent(assumed -> out.println(assumed + System.lineSeparator()));
            out.print(new AnswerText(answer.text()));
        }
        out.flush();
        return 0;
    }

    private int port(Map<String, String> environment) {
        if (adminPort != null) {
            return adminPort;
        }
        String fromEnvironment = environment.getOrDefault("SIGNALBOX_ADMIN_PORT", "");
        if (fromEnvironment.isBlank()) {
            return AdminClient.DEFAULT_PORT;
        }
        try {
            return Integer.parseInt(fromEnvironment);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "SIGNALBOX_ADMIN_PORT: " + fromEnvironment + " (expected: a port number)", e);
        }
    }
}
