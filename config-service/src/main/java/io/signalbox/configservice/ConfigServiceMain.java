package io.signalbox.configservice;

import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The program: reads options, runs until it is told to end. Exit codes: 0 ended as told, 1 could not start, 64 wrong
 * usage.
 */
@Command(
        name = "config-service",
        description = "Reads a registry, compiles a snapshot per port and publishes it to the agents.",
        versionProvider = ConfigServiceMain.Version.class,
        sortOptions = false,
        footer = {
            "",
            "Every option is also an environment variable (--http-port: SIGNALBOX_HTTP_PORT)",
            "and a key of the --config file (http-port). A flag comes before the environment,",
            "that before the file."
        })
@SuppressWarnings("UnusedVariable") // the fields are set by picocli and read through its model
public final class ConfigServiceMain {
    static final int EXIT_OK = 0;
    static final int EXIT_START_FAILED = 1;
    static final int EXIT_USAGE = 64;

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            defaultValue = "files",
            description = "Where the registry is: files or kubernetes, the cluster's API server."
                    + " Default: ${DEFAULT-VALUE}.")
    private @Nullable String source;

    @Option(
            names = "--registry",
            paramLabel = "DIR",
            description = "Files: directory of Kubernetes YAML, watched. Required.")
    private @Nullable String registry;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Kubernetes: how to reach the API server. Default: the file that KUBECONFIG names,"
                    + " else the pod's service account.")
    private @Nullable String kubeconfig;

    @Option(
            names = "--namespaces",
            paramLabel = "NAMES",
            description = "Kubernetes: the only namespaces that are looked at, separated by commas. Default: all.")
    private @Nullable String namespaces;

    @Option(
            names = "--write-status",
            paramLabel = "BOOLEAN",
            description = "Kubernetes: whether conditions of routes and events about refused objects are written"
                    + " by the one replica that holds the lease. Default: true.")
    private @Nullable String writeStatus;

    @Option(
            names = "--lease-namespace",
            paramLabel = "NAME",
            description = "Kubernetes: namespace of that lease. Default: the pod's own, or that of the kubeconfig.")
    private @Nullable String leaseNamespace;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "REST API, health and metrics; 0 takes a free port. Default: ${DEFAULT-VALUE}.")
    private @Nullable String httpPort;

    @Option(
            names = "--http-bind-address",
            paramLabel = "IP",
            defaultValue = "127.0.0.1",
            description = "Address of --http-port; another one exposes the REST API, which asks nobody who they are."
                    + " Default: ${DEFAULT-VALUE}.")
    private @Nullable String httpBindAddress;

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            defaultValue = "15010",
            description = "Agents; 0 takes a free port. Default: ${DEFAULT-VALUE}.")
    private @Nullable String grpcPort;

    @Option(
            names = "--health-port",
            paramLabel = "PORT",
            description = "Health and metrics once more, without the REST API, for probes and scrapers that come from"
                    + " elsewhere; 0 takes a free port. Default: none.")
    private @Nullable String healthPort;

    @Option(
            names = "--bind-address",
            paramLabel = "IP",
            defaultValue = "127.0.0.1",
            description = "Address of --grpc-port and --health-port; 0.0.0.0 for all. Default: ${DEFAULT-VALUE}.")
    private @Nullable String bindAddress;

    @Option(
            names = "--tls",
            paramLabel = "self-signed",
            description = "self-signed: the replicas make a certificate for the agents' port themselves, and keep it in"
                    + " Secret signalbox-config-tls; agents find its CA in ConfigMap signalbox-config-ca.")
    private @Nullable String tls;

    @Option(
            names = "--tls-names",
            paramLabel = "NAME,...",
            description = "DNS names and IP addresses that agents know the service by, in a self-signed certificate."
                    + " Default: signalbox-config-service, the Service of the manifests, in all its forms.")
    private @Nullable String tlsNames;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "Certificate of the agents' port, then those that lead to its CA; PEM; read again when it"
                    + " changes.")
    private @Nullable String tlsCertificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "Private key of that certificate; PEM, not encrypted; read again when it changes.")
    private @Nullable String tlsKey;

    @Option(
            names = "--agent-authentication",
            paramLabel = "HOW",
            description = "How agents prove who they are: token-review, by service-account tokens that the API server"
                    + " checks; none, not at all. Default: token-review.")
    private @Nullable String agentAuthentication;

    @Option(
            names = "--agent-service-account",
            paramLabel = "NAMESPACE/NAME",
            defaultValue = "signalbox-system/signalbox-agent",
            description = "Service account whose tokens agents must show. Default: ${DEFAULT-VALUE}.")
    private @Nullable String agentServiceAccount;

    @Option(
            names = "--agent-token-audience",
            paramLabel = "NAME",
            defaultValue = "signalbox-config",
            description = "Audience that agents' tokens must be meant for. Default: ${DEFAULT-VALUE}.")
    private @Nullable String agentTokenAudience;

    @Option(
            names = "--insecure-development",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Plain text instead of TLS, and agents need not prove who they are; on a loopback address"
                    + " only.")
    private @Nullable String insecureDevelopment;

    @Option(
            names = "--replica-name",
            paramLabel = "NAME",
            description = "Name of this process among the replicas, for people. Default: the host's name.")
    private @Nullable String replicaName;

    @Option(
            names = "--cluster-domain",
            paramLabel = "NAME",
            defaultValue = "cluster.local",
            description = "Suffix of service host names. Default: ${DEFAULT-VALUE}.")
    private @Nullable String clusterDomain;

    @Option(
            names = "--heartbeat-interval",
            paramLabel = "TIME",
            defaultValue = "5s",
            description =
                    "How often agent and service tell each other that they are alive, 50ms to 5m; silence for three"
                            + " times as long ends the stream. Default: ${DEFAULT-VALUE}.")
    private @Nullable String heartbeatInterval;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            defaultValue = "plain",
            description = "plain or json. Default: ${DEFAULT-VALUE}.")
    private @Nullable String logFormat;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description = "error, warn, info, debug or trace. Default: ${DEFAULT-VALUE}.")
    private @Nullable String logLevel;

    @Option(names = "--config", paramLabel = "FILE", description = "YAML file with options.")
    private @Nullable String config;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this and ends.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Shows the version and ends.")
    private boolean version;

    private ConfigServiceMain() {}

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(run(args, System.getenv(), System.out, System.err));
    }

    static CommandLine newCommand() {
        return new CommandLine(new ConfigServiceMain());
    }

    static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
        CommandLine command = newCommand();
        ServiceConfig config;
        try {
            Map<String, Settings.Setting> settings = Settings.resolve(command, args, environment);
            if (command.isUsageHelpRequested()) {
                command.usage(out);
                return EXIT_OK;
            }
            if (command.isVersionHelpRequested()) {
                command.printVersionHelp(out);
                return EXIT_OK;
            }
            config = ServiceConfig.parse(settings);
        } catch (UsageException e) {
            e.lines().forEach(line -> err.println("config-service: " + line));
            return EXIT_USAGE;
        }
        startLogging(config);
        try (ConfigService service = ConfigService.build(config)) {
            service.start();
            service.awaitShutdown();
            return EXIT_OK;
        } catch (StartException e) {
            err.println("config-service: " + e.getMessage());
            return EXIT_START_FAILED;
        }
    }

    /** Must come before the first logger is made: the logging library reads these once. */
    private static void startLogging(ServiceConfig config) {
        System.setProperty("logback.configurationFile", "logback-" + config.logFormat() + ".xml");
        System.setProperty("signalbox.log.level", config.logLevel());
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    static String programVersion() {
        String version = ConfigServiceMain.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"config-service " + programVersion()};
        }
    }
}
