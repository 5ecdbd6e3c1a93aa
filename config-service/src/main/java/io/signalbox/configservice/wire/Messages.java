package io.signalbox.configservice.wire;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.ForwardAction;
import io.signalbox.config.v1.Label;
import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.snapshot.AddressFrontend;
import io.signalbox.configservice.snapshot.Backend;
import io.signalbox.configservice.snapshot.Endpoint;
import io.signalbox.configservice.snapshot.FrontendProtocol;
import io.signalbox.configservice.snapshot.HostPattern;
import io.signalbox.configservice.snapshot.L4Route;
import io.signalbox.configservice.snapshot.LoadBalancer;
import io.signalbox.configservice.snapshot.Resource;
import io.signalbox.configservice.snapshot.Route;
import io.signalbox.configservice.snapshot.RouteAction;
import io.signalbox.configservice.snapshot.VirtualHost;
import io.signalbox.configservice.snapshot.WeightedBackend;
import io.signalbox.configservice.snapshot.Workload;
import java.util.List;

/** Values to the contract's messages, one to one. */
final class Messages {
    private Messages() {}

    static io.signalbox.config.v1.Resource of(Resource resource) {
        var message = io.signalbox.config.v1.Resource.newBuilder().setName(resource.resourceName());
        switch (resource) {
            case AddressFrontend frontend -> message.setAddressFrontend(of(frontend));
            case VirtualHost virtualHost -> message.setVirtualHost(of(virtualHost));
            case Backend backend -> message.setBackend(of(backend));
        }
        return message.build();
    }

    private static io.signalbox.config.v1.AddressFrontend of(AddressFrontend frontend) {
        return io.signalbox.config.v1.AddressFrontend.newBuilder()
                .setAddress(of(frontend.address()))
                .setPrefixLength(frontend.prefixLength())
                .setService(frontend.service())
                .setProtocol(of(frontend.protocol()))
                .addRoutes(of(frontend.route()))
                .setVirtualHost(frontend.virtualHost())
                .build();
    }

    private static io.signalbox.config.v1.FrontendProtocol of(FrontendProtocol protocol) {
        return switch (protocol) {
            case TCP -> io.signalbox.config.v1.FrontendProtocol.FRONTEND_PROTOCOL_TCP;
            case TLS -> io.signalbox.config.v1.FrontendProtocol.FRONTEND_PROTOCOL_TLS;
            case DETECT -> io.signalbox.config.v1.FrontendProtocol.FRONTEND_PROTOCOL_DETECT;
        };
    }

    private static io.signalbox.config.v1.L4Route of(L4Route route) {
        return io.signalbox.config.v1.L4Route.newBuilder()
                .addAllBackends(of(route.backends()))
                .build();
    }

    private static List<io.signalbox.config.v1.WeightedBackend> of(List<WeightedBackend> backends) {
        return backends.stream()
                .map(backend -> io.signalbox.config.v1.WeightedBackend.newBuilder()
                        .setBackend(backend.backend())
                        .setWeight(backend.weight())
                        .build())
                .toList();
    }

    private static io.signalbox.config.v1.VirtualHost of(VirtualHost virtualHost) {
        var message = io.signalbox.config.v1.VirtualHost.newBuilder()
                .setName(virtualHost.name())
                .setService(virtualHost.service());
        for (HostPattern host : virtualHost.hosts()) {
            message.addHosts(io.signalbox.config.v1.HostPattern.newBuilder()
                    .setPattern(host.pattern())
                    .setAudience(io.signalbox.config.v1.Audience.newBuilder().setNamespace(host.callerNamespace())));
        }
        virtualHost.routes().forEach(route -> message.addRoutes(of(route)));
        virtualHost.addresses().forEach(address -> message.addAddresses(of(address)));
        return message.build();
    }

    private static io.signalbox.config.v1.Route of(Route route) {
        var message = io.signalbox.config.v1.Route.newBuilder();
        switch (route.action()) {
            case RouteAction.Forward forward ->
                message.setForward(ForwardAction.newBuilder().addAllBackends(of(forward.backends())));
        }
        return message.build();
    }

    private static io.signalbox.config.v1.Backend of(Backend backend) {
        var message = io.signalbox.config.v1.Backend.newBuilder()
                .setName(backend.name())
                .setHost(backend.host())
                .setPort(backend.port())
                .setLoadBalancer(of(backend.loadBalancer()));
        for (Endpoint endpoint : backend.endpoints()) {
            message.addEndpoints(io.signalbox.config.v1.Endpoint.newBuilder()
                    .setAddress(of(endpoint.address()))
                    .setPort(endpoint.port()));
        }
        return message.build();
    }

    private static io.signalbox.config.v1.LoadBalancer of(LoadBalancer loadBalancer) {
        return switch (loadBalancer) {
            case LEAST_REQUEST -> io.signalbox.config.v1.LoadBalancer.LOAD_BALANCER_LEAST_REQUEST;
            case ROUND_ROBIN -> io.signalbox.config.v1.LoadBalancer.LOAD_BALANCER_ROUND_ROBIN;
            case RANDOM -> io.signalbox.config.v1.LoadBalancer.LOAD_BALANCER_RANDOM;
        };
    }

    static io.signalbox.config.v1.Workload of(Workload workload) {
        var message = io.signalbox.config.v1.Workload.newBuilder()
                .setNamespace(workload.namespace())
                .setName(workload.name())
                .setServiceAccount(workload.serviceAccount());
        workload.addresses().forEach(address -> message.addAddresses(of(address)));
        workload.labels()
                .forEach((key, value) ->
                        message.addLabels(Label.newBuilder().setKey(key).setValue(value)));
        return message.build();
    }

    private static ByteString of(IpAddress address) {
        return ByteString.copyFrom(address.bytes());
    }
}
