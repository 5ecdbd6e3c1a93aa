package io.signalbox.configservice.compile.review;

import io.signalbox.configservice.compile.port.Findings;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.services.Alias;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.compile.services.PortProtocol;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Service;
import java.util.List;
import java.util.Locale;

/** Services: names, ports and hosts that do not do what they seem to. */
final class ServiceReview {
    private static final List<String> WORDS =
            List.of("grpc-web", "http2", "https", "http", "grpc", "tls", "tcp", "mongo", "mysql", "redis");

    private final Model model;
    private final Findings findings;

    ServiceReview(Model model, Findings findings) {
        this.model = model;
        this.findings = findings;
    }

    void review(Registry registry) {
        for (Service service : registry.services().values()) {
            for (int i = 0; i < service.ports().size(); i++) {
                reviewPort(service, service.ports().get(i), "spec.ports[" + i + "]");
            }
            switch (service.type()) {
                case CLUSTER_IP, NODE_PORT, LOAD_BALANCER -> {
                    if (service.clusterIps().isEmpty()) {
                        findings.inform(service.ref(), "spec.clusterIPs", "no cluster IP yet; reachable by Host only");
                    }
                }
                case HEADLESS -> reviewHeadless(service);
                case EXTERNAL_NAME -> {}
            }
        }
        for (Alias alias : model.services().aliases()) {
            if (alias.concrete() == null) {
                findings.warn(
                        alias.service().ref(),
                        "spec.externalName",
                        alias.service().externalName()
                                + " is no known service, so traffic to this name is unmatched and rules that send there"
                                + " fail; declare a ServiceEntry for it");
            }
        }
        reviewHosts();
    }

    private void reviewPort(Service service, Service.Port port, String path) {
        PortProtocol protocol = PortProtocol.of(port);
        if (protocol == PortProtocol.NONE || service.type() == Service.Type.EXTERNAL_NAME) {
            return;
        }
        String name = port.name().toLowerCase(Locale.ROOT);
        if (!port.appProtocol().isEmpty()) {
            if (protocol == PortProtocol.DETECT) {
                findings.warn(
                        service.ref(),
                        path + ".appProtocol",
                        port.appProtocol() + " is no known protocol, so it is told by the first bytes, and the name "
                                + port.name() + " is not read; set a known one, such as http");
            }
        } else if (protocol == PortProtocol.DETECT) {
            WORDS.stream()
                    .filter(name::startsWith)
                    .findFirst()
                    .ifPresent(word -> findings.warn(
                            service.ref(),
                            path + ".name",
                            port.name() + " declares no protocol, so it is told by the first bytes; write " + word + "-"
                                    + name.substring(word.length()) + " or set appProtocol: " + word));
        }
        if (protocol == PortProtocol.HTTP && name.contains("grpc")) {
            findings.warn(
                    service.ref(),
                    path + ".name",
                    port.name() + " declares HTTP/1.1, which gRPC does not survive; write grpc-... or set appProtocol:"
                            + " grpc");
        }
    }

    private void reviewHeadless(Service service) {
        for (int i = 0; i < service.ports().size(); i++) {
            Service.Port port = service.ports().get(i);
            String target = port.targetPort();
            boolean other = !target.isEmpty() && !target.equals(Integer.toString(port.port()));
            boolean numeric = target.chars().allMatch(c -> c >= '0' && c <= '9');
            if (other && numeric && PortProtocol.of(port) != PortProtocol.NONE) {
                findings.warn(
                        service.ref(),
                        "spec.ports[" + i + "].targetPort",
                        "clients of a headless service dial " + target + ", which is not its port " + port.port()
                                + " and matches nothing; make them equal");
            }
        }
    }

    /** Of several services with one host, callers of other namespaces mean the first. */
    private void reviewHosts() {
        for (String host : model.services().hosts()) {
            List<MeshService> services = model.services().withHost(host);
            for (MeshService loser : services.subList(1, services.size())) {
                MeshService first = services.getFirst();
                boolean joined = first.namespace().equals(loser.namespace());
                if (loser.ref().equals(first.ref())
                        || (joined && loser.ports().stream().allMatch(port -> isNew(port, first)))) {
                    continue;
                }
                findings.warn(
                        loser.ref(),
                        loser.isKubernetes() ? "metadata.name" : "spec.hosts",
                        host + " is declared by " + first.ref() + " too, which comes first"
                                + (joined
                                        ? "; a port that both declare is that one's"
                                        : " for callers outside of " + loser.namespace())
                                + ". Give one of them another host or restrict its exportTo");
            }
        }
    }

    private static boolean isNew(MeshPort port, MeshService first) {
        return first.port(port.number()) == null;
    }
}
