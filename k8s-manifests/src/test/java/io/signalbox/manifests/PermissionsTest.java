package io.signalbox.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.configservice.Permission;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the config service may ask the API server for is what it says that it asks for. */
class PermissionsTest {
    static List<Build> builds() throws IOException, InterruptedException {
        return Build.all();
    }

    @ParameterizedTest
    @MethodSource("builds")
    void nothingIsMissingAndNothingUnused(Build build) {
        assertThat(granted(build, "ClusterRole")).isEqualTo(declared(false));
        assertThat(granted(build, "Role")).isEqualTo(declared(true));
    }

    @ParameterizedTest
    @MethodSource("builds")
    void nothingIsGrantedByWildcard(Build build) {
        assertThat(Stream.of("ClusterRole", "Role")
                        .flatMap(kind -> granted(build, kind).stream())
                        .filter(permission -> permission.contains("*")))
                .isEmpty();
    }

    private static Set<String> declared(boolean inOwnNamespace) {
        Set<String> permissions = new TreeSet<>();
        for (Permission permission : Permission.ALL) {
            if (permission.inOwnNamespace() == inOwnNamespace) {
                permission
                        .verbs()
                        .forEach(verb -> permissions.add(
                                text(verb, permission.group(), permission.resource(), permission.name())));
            }
        }
        return permissions;
    }

    private static Set<String> granted(Build build, String kind) {
        Set<String> permissions = new TreeSet<>();
        build.ofKind(kind).flatMap(role -> Manifest.items(role.at("/rules"))).forEach(rule -> {
            Set<String> names = texts(rule, "resourceNames").collect(Collectors.toSet());
            texts(rule, "apiGroups")
                    .forEach(group -> texts(rule, "resources")
                            .forEach(resource -> texts(rule, "verbs")
                                    .forEach(verb -> (names.isEmpty() ? Set.of("") : names)
                                            .forEach(name -> permissions.add(text(verb, group, resource, name))))));
        });
        return permissions;
    }

    private static Stream<String> texts(JsonNode rule, String field) {
        return Manifest.items(rule.path(field)).map(JsonNode::asText);
    }

    private static String text(String verb, String group, String resource, String name) {
        return verb + " " + resource + (group.isEmpty() ? "" : "." + group) + (name.isEmpty() ? "" : "/" + name);
    }
}
