package io.signalbox.agent;

import java.util.Locale;

/** Everything that can be configured, with its names on the command line, in the environment and in the file. */
enum AgentOption {
    CONFIG_SERVICE(
            "HOST:PORT,...",
            "",
            "Where the config service's gRPC port is; every address of every name counts as a replica. Required."),
    CONFIG_SERVICE_CA(
            "FILE",
            "",
            "Certificates, in PEM, that the config service's must lead to; read again at each connect. Required, but"
                    + " for --insecure-development."),
    CONFIG_SERVICE_TOKEN(
            "FILE",
            "",
            "Token by which the agent proves to the config service who it is, as Kubernetes projects it; read again"
                    + " at each connect."),
    INSECURE_DEVELOPMENT(
            "true|false",
            "false",
            "Speak plain text to a config service on loopback. A flag: its value may be left out."),
    NODE("NAME", "", "Name of the Kubernetes node that this agent serves. Required."),
    ZONE("NAME", "", "Zone of that node."),
    CAPTURE(
            "explicit|redirect|tproxy|pods",
            "explicit",
            "How connections come in: the agent binds every service address; or rules of the kernel lead to it what the"
                    + " node's processes and pods send (redirect), or what pods send, with their address (tproxy); or rules"
                    + " in the network namespace of every pod lead there what that pod sends (pods)."),
    REDIRECT_PORT(
            "PORT",
            "15001",
            "Port of the listeners of --capture redirect and tproxy, where 0 picks a free one; with pods the first of 16"
                    + " ports that are tried in each pod."),
    PODS_CGROUP("PATH", "kubepods", "Cgroup of the node's pods, for --capture pods."),
    CNI_DIR(
            "DIR",
            "",
            "Directory in which the CNI plugin asks for the capture of new pods, for --capture pods; created if missing"
                    + " (default: there is no plugin)."),
    CAPTURE_INSTALL(
            "true|false",
            "true",
            "Whether the agent installs the rules of --capture redirect and tproxy, and removes them when it ends; else"
                    + " 'agent capture install' does."),
    CAPTURE_FAILURE(
            "open|closed",
            "open",
            "What new connections do while no agent takes them: go where they would without it, or be refused."),
    CAPTURE_INTERFACES(
            "NAME,...",
            "",
            "Interfaces by which packets of the node's pods come in, such as cni0 or veth*; required by tproxy."),
    CAPTURE_EXCLUDE_PORTS("PORT|FIRST-LAST,...", "", "Destinations that are not captured, by TCP port."),
    CAPTURE_EXCLUDE_ADDRESSES("CIDR,...", "", "Destinations that are not captured, by address."),
    CAPTURE_EXCLUDE_SOURCES("CIDR,...", "", "Callers that are not captured, by address."),
    CAPTURE_SPOOF_SOURCE(
            "true|false",
            "false",
            "With --capture tproxy: TCP, TLS and what is passed through reach endpoints from the caller's address."),
    ADMIN_PORT("PORT", "15000", "Port of the admin endpoint on 127.0.0.1; 0 picks a free one."),
    METRICS_ADDRESS(
            "IP:PORT",
            "",
            "Where /metrics, /ready and /live are served besides, and nothing else, for those who ask from other machines"
                    + " (default: nowhere)."),
    DATA_DIR("DIR", "", "Directory for the last-known-good copy, for this agent alone; created if missing. Required."),
    EVENT_LOOPS("N", "", "Number of event loops (default: one per processor)."),
    MAX_CONNECTIONS("N", "16384", "Connections from callers over all event loops; one more is closed at once."),
    MAX_CONCURRENT_STREAMS("N", "1024", "HTTP/2 streams that one connection from a caller may have open."),
    MAX_HEADER_BYTES("BYTES", "61440", "Size of the head of a request or response."),
    CONNECT_TIMEOUT("DURATION", "10s", "For one connection to an endpoint."),
    DETECTION_TIMEOUT(
            "DURATION",
            "0s",
            "How long to wait for a caller's first bytes before a connection counts as"
                    + " opaque; 0s waits for ever."),
    IDLE_TIMEOUT(
            "DURATION",
            "1h",
            "After which a connection without requests or bytes is closed, where no rule says otherwise; 0s: never,"
                    + " whatever rules say."),
    DRAIN_TIMEOUT(
            "DURATION",
            "20s",
            "How long open requests may run on after SIGTERM; keep it below the pod's"
                    + " terminationGracePeriodSeconds (30 s by default)."),
    HANDOVER_SOCKET(
            "PATH",
            "",
            "Unix socket by which a new agent takes over from one that runs, without a connection lost (default: none)."),
    SOCKET_MARK(
            "N",
            "",
            "SO_MARK of the agent's own connections, which capture rules leave alone; 0 sets none (default: 12379, with"
                    + " --capture explicit 0)."),
    DNS_SERVERS(
            "IP:PORT,...",
            "",
            "Asked for the addresses of host names, in this order (default: those of /etc/resolv.conf)."),
    LOG_FORMAT("plain|json", "plain", "Form of the log lines."),
    LOG_LEVEL("LEVEL", "info", "error, warn, info, debug or trace."),
    CONFIG("FILE", "", "YAML file with any of these options by name, without the dashes in front.");

    private final String label;
    private final String defaultValue;
    private final String description;

    AgentOption(String label, String defaultValue, String description) {
        this.label = label;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    /** The name in the file: {@code drain-timeout}. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The name on the command line: {@code --drain-timeout}. */
    String flag() {
        return "--" + key();
    }

    /** The name in the environment: {@code SIGNALBOX_DRAIN_TIMEOUT}. */
    String environmentVariable() {
        return "SIGNALBOX_" + name();
    }

    /** What stands for the value in the help text. */
    String label() {
        return label;
    }

    /** Empty when there is none. */
    String defaultValue() {
        return defaultValue;
    }

    String description() {
        return description;
    }

    /** Whether the name alone means true. */
    boolean isFlag() {
        return this == INSECURE_DEVELOPMENT;
    }
}
