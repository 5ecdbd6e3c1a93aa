package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import io.signalbox.agent.model.Version;
import io.signalbox.config.v1.Backend;
import io.signalbox.config.v1.Discovery;
import io.signalbox.config.v1.Endpoint;
import io.signalbox.config.v1.ForwardAction;
import io.signalbox.config.v1.HostPattern;
import io.signalbox.config.v1.LoadBalancer;
import io.signalbox.config.v1.PortDelta;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.PortUpdate;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.VirtualHost;
import io.signalbox.config.v1.WeightedBackend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Messages as a config service makes them; versions are computed apart from the code under test. */
final class Protos {
    private Protos() {}

    /** A backend with endpoints 10.0.0.1 and up. */
    static Resource backend(String name, int endpoints) {
        Backend.Builder backend = Backend.newBuilder()
                .setName(name)
                .setHost("catalog.shop")
                .setPort(80)
                .setDiscovery(Discovery.DISCOVERY_STATIC)
                .setLoadBalancer(LoadBalancer.LOAD_BALANCER_LEAST_REQUEST);
        for (int i = 1; i <= endpoints; i++) {
            backend.addEndpoints(
                    Endpoint.newBuilder().setAddress(address(10, 0, 0, i)).setPort(8080));
        }
        return Resource.newBuilder()
                .setName("backend/" + name)
                .setBackend(backend)
                .build();
    }

    /** A virtual host that forwards to one backend. */
    static Resource virtualHost(String name, String backend) {
        return Resource.newBuilder()
                .setName("virtual-host/" + name)
                .setVirtualHost(VirtualHost.newBuilder()
                        .setName(name)
                        .setService(name)
                        .addHosts(HostPattern.newBuilder().setPattern(name))
                        .addRoutes(Route.newBuilder()
                                .setForward(ForwardAction.newBuilder()
                                        .addBackends(WeightedBackend.newBuilder()
                                                .setBackend(backend)
                                                .setWeight(1)))))
                .build();
    }

    static ByteString address(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        return ByteString.copyFrom(raw);
    }

    static PortSnapshot snapshot(int port, Resource... resources) {
        Resource[] sorted = resources.clone();
        Arrays.sort(sorted, Comparator.comparing(Resource::getName));
        return PortSnapshot.newBuilder()
                .setPort(port)
                .setVersion(version(port, sorted))
                .addAllResources(Arrays.asList(sorted))
                .build();
    }

    static PortUpdate full(PortSnapshot snapshot) {
        return PortUpdate.newBuilder()
                .setPort(snapshot.getPort())
                .setFull(snapshot)
                .build();
    }

    static PortUpdate delta(PortSnapshot from, PortSnapshot to) {
        Map<String, Resource> before = byName(from);
        Map<String, Resource> after = byName(to);
        PortDelta.Builder delta = PortDelta.newBuilder()
                .setPort(to.getPort())
                .setFromVersion(from.getVersion())
                .setVersion(to.getVersion());
        after.forEach((name, resource) -> {
            if (!resource.equals(before.get(name))) {
                delta.addUpserted(resource);
            }
        });
        before.keySet().stream().filter(name -> !after.containsKey(name)).forEach(delta::addRemoved);
        return PortUpdate.newBuilder().setPort(to.getPort()).setDelta(delta).build();
    }

    static Push push(String nonce, PortUpdate... updates) {
        return Push.newBuilder()
                .setNonce(nonce)
                .addAllPortUpdates(List.of(updates))
                .build();
    }

    static Version version(PortSnapshot snapshot) {
        return new Version(snapshot.getVersion());
    }

    private static Map<String, Resource> byName(PortSnapshot snapshot) {
        Map<String, Resource> byName = new TreeMap<>();
        snapshot.getResourcesList().forEach(resource -> byName.put(resource.getName(), resource));
        return byName;
    }

    private static String version(int port, Resource[] sorted) {
        try {
            ByteArrayOutputStream hashed = new ByteArrayOutputStream();
            hashed.write(new byte[] {0, 0, (byte) (port >> 8), (byte) port});
            for (Resource resource : sorted) {
                hashed.write(MessageDigest.getInstance("SHA-256").digest(resource.toByteArray()));
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(hashed.toByteArray());
            return HexFormat.of().formatHex(digest).substring(0, 32);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
