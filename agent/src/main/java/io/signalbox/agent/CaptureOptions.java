package io.signalbox.agent;

import io.signalbox.agent.apply.CaptureMode;
import io.signalbox.agent.capture.pods.PodsConfig;
import io.signalbox.agent.capture.rules.CaptureRules;
import io.signalbox.agent.capture.rules.CaptureSettings;
import io.signalbox.agent.capture.rules.FailureMode;
import io.signalbox.agent.capture.rules.PortRange;
import io.signalbox.agent.model.Cidr;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the options about capture; the running agent and {@code agent capture} understand them alike. */
final class CaptureOptions {
    /** The options that {@code agent capture} takes. */
    static final List<AgentOption> ALL = List.of(
            AgentOption.CAPTURE,
            AgentOption.REDIRECT_PORT,
            AgentOption.SOCKET_MARK,
            AgentOption.CAPTURE_FAILURE,
            AgentOption.CAPTURE_INTERFACES,
            AgentOption.CAPTURE_EXCLUDE_PORTS,
            AgentOption.CAPTURE_EXCLUDE_ADDRESSES,
            AgentOption.CAPTURE_EXCLUDE_SOURCES,
            AgentOption.CAPTURE_SPOOF_SOURCE,
            AgentOption.CONFIG);

    private CaptureOptions() {}

    static CaptureMode mode(OptionValues values) {
        return values.choice(AgentOption.CAPTURE, CaptureMode.class);
    }

    static int socketMark(OptionValues values) {
        if (values.text(AgentOption.SOCKET_MARK).isEmpty()) {
            return mode(values) == CaptureMode.EXPLICIT ? 0 : CaptureRules.DEFAULT_SOCKET_MARK;
        }
        // The greatest is left for what is derived from it, see CaptureRules.routingMark.
        return values.parse(AgentOption.SOCKET_MARK, CaptureRules.DEFAULT_SOCKET_MARK, text -> {
            try {
                int mark = Integer.decode(text);
                if (mark >= 0 && mark < Integer.MAX_VALUE) {
                    return mark;
                }
            } catch (NumberFormatException e) {
                // told below, as what is out of range
            }
            throw new IllegalArgumentException(
                    text + " (expected: a number from 0 to " + (Integer.MAX_VALUE - 1) + ", such as 0x305b)");
        });
    }

    static CaptureSettings settings(OptionValues values) {
        CaptureSettings settings = new CaptureSettings(
                values.flag(AgentOption.CAPTURE_INSTALL),
                values.choice(AgentOption.CAPTURE_FAILURE, FailureMode.class),
                values.list(AgentOption.CAPTURE_INTERFACES, CaptureRules::checkedInterface),
                values.list(AgentOption.CAPTURE_EXCLUDE_PORTS, PortRange::parse),
                values.list(AgentOption.CAPTURE_EXCLUDE_ADDRESSES, CaptureOptions::cidr),
                values.list(AgentOption.CAPTURE_EXCLUDE_SOURCES, CaptureOptions::cidr),
                values.flag(AgentOption.CAPTURE_SPOOF_SOURCE));
        CaptureMode mode = mode(values);
        if (mode == CaptureMode.TPROXY && settings.interfaces().isEmpty()) {
            values.problem(
                    AgentOption.CAPTURE_INTERFACES,
                    "missing (expected with --capture tproxy: by which interfaces packets of pods come in, such as"
                            + " cali* or veth*)");
        }
        if (settings.keepsSource() && mode != CaptureMode.TPROXY) {
            values.problem(AgentOption.CAPTURE_SPOOF_SOURCE, "true (expected: --capture tproxy besides)");
        }
        if (mode != CaptureMode.EXPLICIT && socketMark(values) == 0) {
            values.problem(
                    AgentOption.SOCKET_MARK, "0 (expected: above 0, for the agent would capture its own connections)");
        }
        return settings;
    }

    /** How pods are captured; null in other modes. */
    static @Nullable PodsConfig pods(OptionValues values) {
        if (mode(values) != CaptureMode.PODS) {
            return null;
        }
        CaptureSettings settings = settings(values);
        String cniDirectory = values.text(AgentOption.CNI_DIR);
        return new PodsConfig(
                values.parse(AgentOption.PODS_CGROUP, "", PodsConfig::checkedCgroup),
                values.integer(AgentOption.REDIRECT_PORT, 1, PodsConfig.MAX_FIRST_PORT),
                socketMark(values),
                settings.failureMode(),
                settings.excludedPorts(),
                settings.excludedAddresses(),
                cniDirectory.isEmpty() ? null : Path.of(cniDirectory));
    }

    /** The rules for the node's network namespace. */
    static CaptureRules rules(CaptureSettings settings, CaptureMode mode, int port, int socketMark) {
        return settings.rules(
                mode == CaptureMode.TPROXY ? CaptureRules.Kind.TPROXY : CaptureRules.Kind.REDIRECT, port, socketMark);
    }

    private static Cidr cidr(String text) {
        int slash = text.indexOf('/');
        try {
            InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int bits = address.getAddress().length * Byte.SIZE;
            return new Cidr(address, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + " (expected: an address, or a range such as 10.0.0.0/8)", e);
        }
    }
}
