package io.signalbox.configservice.diff;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.signalbox.config.v1.BackendForCaller;
import io.signalbox.config.v1.Destination;
import io.signalbox.config.v1.Distribution;
import io.signalbox.config.v1.Endpoint;
import io.signalbox.config.v1.Failover;
import io.signalbox.config.v1.Header;
import io.signalbox.config.v1.HostPattern;
import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.Label;
import io.signalbox.config.v1.LocalityShare;
import io.signalbox.config.v1.Mirror;
import io.signalbox.config.v1.NamedMatch;
import io.signalbox.config.v1.RequestMatch;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.RuleRef;
import io.signalbox.config.v1.Subnet;
import io.signalbox.config.v1.WeightedBackend;
import io.signalbox.configservice.registry.IpAddress;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Fields and values of the contract as a person reads them. */
final class Words {
    private static final int MAX_LISTED = 20;
    private static final int MAX_BODY_SHOWN = 60;
    private static final String MILLIS = "_millis";
    private static final String SECONDS = "_seconds";
    private static final String PER_MILLION = "per_million";

    private Words() {}

    /** The field's name: {@code per_try_timeout_millis} is the per try timeout. */
    static String name(FieldDescriptor field) {
        String name = field.getName();
        for (String unit : List.of(MILLIS, SECONDS, "_" + PER_MILLION)) {
            if (name.endsWith(unit)) {
                name = name.substring(0, name.length() - unit.length());
            }
        }
        return name.equals(PER_MILLION) ? "share" : name.replace('_', ' ');
    }

    /** Whether 0 is an amount of the field rather than its absence. */
    static boolean isAmount(FieldDescriptor field) {
        return field.getName().equals("weight") || field.getName().endsWith(PER_MILLION);
    }

    static String name(OneofDescriptor oneof) {
        return oneof.getName().replace('_', ' ');
    }

    /** What stands before the changes inside of a message field. */
    static String path(FieldDescriptor field) {
        // What is forwarded, and the condition on a text, need no name of their own.
        return switch (field.getName()) {
            case "forward", "value" -> "";
            default -> name(field) + " ";
        };
    }

    /** What stands before the changes inside of an item of a list. */
    static String item(FieldDescriptor field, String key) {
        return switch (field.getName()) {
            case "backends", "destinations" -> key + ": ";
            default -> singular(name(field)) + " " + key + ": ";
        };
    }

    private static String singular(String plural) {
        return plural.endsWith("s") ? plural.substring(0, plural.length() - 1) : plural;
    }

    /** At most so many of the items, and how many more there are. */
    static String list(List<String> items) {
        String shown = items.stream().limit(MAX_LISTED).collect(Collectors.joining(", "));
        return items.size() > MAX_LISTED ? shown + " and " + (items.size() - MAX_LISTED) + " more" : shown;
    }

    /** A field's value; of a repeated field one item or the list of all. */
    static String value(FieldDescriptor field, Object value) {
        return switch (value) {
            case List<?> items ->
                list(items.stream().map(item -> value(field, item)).toList());
            case Message message -> message(message);
            case EnumValueDescriptor word -> word(word);
            case ByteString bytes -> bytes(field, bytes);
            case String text -> text.isEmpty() ? "\"\"" : text;
            case Number number -> number(field, number);
            default -> value.toString();
        };
    }

    private static String number(FieldDescriptor field, Number number) {
        if (field.getName().endsWith(MILLIS)) {
            long millis = number.longValue();
            return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
        }
        if (field.getName().endsWith(SECONDS)) {
            return number + " s";
        }
        if (field.getName().endsWith(PER_MILLION)) {
            return BigDecimal.valueOf(number.longValue(), 4)
                            .stripTrailingZeros()
                            .toPlainString() + " %";
        }
        return number.toString();
    }

    private static String word(EnumValueDescriptor word) {
        String prefix = word.getType().getValues().getFirst().getName().replaceFirst("UNSPECIFIED$", "");
        return word.getName().substring(prefix.length());
    }

    private static String bytes(FieldDescriptor field, ByteString bytes) {
        if (field.getName().startsWith("address")) {
            return address(bytes);
        }
        return bytes.size() <= MAX_BODY_SHOWN && bytes.isValidUtf8()
                ? "\"" + bytes.toStringUtf8() + "\""
                : bytes.size() + " bytes";
    }

    private static String address(ByteString bytes) {
        return IpAddress.of(bytes.toByteArray()).toString();
    }

    private static String message(Message message) {
        return switch (message) {
            case Endpoint _, HostPattern _, Label _, Header _, Subnet _, RuleRef _, NamedMatch _, Destination _ ->
                key(message);
            case WeightedBackend backend -> weighted(backend);
            case RequestMatch match -> "(" + fields(match) + ")";
            default -> fields(message);
        };
    }

    private static String weighted(WeightedBackend backend) {
        String rest = fields(backend.toBuilder()
                .clearBackend()
                .clearWeight()
                .clearDestination()
                .build());
        return key(backend) + " weight " + backend.getWeight() + (rest.isEmpty() ? "" : " (" + rest + ")");
    }

    private static String fields(Message message) {
        List<String> fields = new ArrayList<>();
        message.getAllFields()
                .forEach((field, value) ->
                        fields.add((field.getName().equals("name") ? "" : name(field) + " ") + value(field, value)));
        return String.join(", ", fields);
    }

    /** What tells an item of a list from the others; equal in both versions of one thing. */
    static String key(FieldDescriptor field, Object item) {
        return item instanceof Message message ? key(message) : value(field, item);
    }

    private static String key(Message message) {
        return switch (message) {
            case Endpoint endpoint ->
                endpoint.getAddress().isEmpty()
                        ? endpoint.getHostName() + ":" + endpoint.getPort()
                        : IpAddress.of(endpoint.getAddress().toByteArray()).hostText() + ":" + endpoint.getPort();
            case HostPattern host -> host(host);
            case Label label -> label.getKey() + "=" + label.getValue();
            case Header header -> header.getName() + ": " + header.getValue();
            case NamedMatch match -> match.getName() + " " + message(match.getValue());
            case Subnet subnet -> address(subnet.getAddress()) + "/" + subnet.getPrefixLength();
            case RuleRef rule -> rule(rule);
            case Destination to ->
                to.getHost()
                        + (to.getPort() == 0 ? "" : ":" + to.getPort())
                        + (to.getSubset().isEmpty() ? "" : "/" + to.getSubset());
            case WeightedBackend backend ->
                backend.getBackend().isEmpty() ? key(backend.getDestination()) : backend.getBackend();
            case Mirror mirror -> key(mirror.getDestination());
            case BackendForCaller caller ->
                "callers of " + (caller.getNamespace().isEmpty() ? "any namespace" : caller.getNamespace())
                        + caller.getLabelsList().stream()
                                .map(label -> " " + key(label))
                                .collect(Collectors.joining());
            case LocalityShare share -> share.getLocality();
            case Distribution distribution -> distribution.getFrom();
            case Failover failover -> failover.getFromRegion();
            default -> fields(message);
        };
    }

    private static String host(HostPattern host) {
        String scope = host.getAudience().getScope();
        String namespace = host.getAudience().getNamespace();
        return host.getPattern()
                + (namespace.isEmpty() ? "" : " for callers of " + namespace)
                + (scope.isEmpty() ? "" : " in scope " + scope);
    }

    private static String rule(RuleRef rule) {
        return rule.getKind() + " " + rule.getNamespace() + "/" + rule.getName()
                + (rule.getRoute().isEmpty() ? "" : " '" + rule.getRoute() + "'");
    }

    /** What a route or match is known by across versions, as far as it has a name. */
    static String identity(Message message) {
        return switch (message) {
            case Route route -> route.hasRule() ? rule(route.getRule()) : "default";
            case L4Route route -> route.hasRule() ? rule(route.getRule()) : "default";
            case RequestMatch match -> match.getName();
            default ->
                throw new IllegalArgumentException(
                        "message: " + message.getDescriptorForType().getName() + " (expected: a route or match)");
        };
    }

    /** A route or match at this position, from 0. */
    static String label(Message message, int index) {
        return switch (message) {
            case RequestMatch match ->
                "match " + index + (match.getName().isEmpty() ? "" : " '" + match.getName() + "'");
            default -> "route " + index + " (" + identity(message) + ")";
        };
    }

    /** The same but for the place in the operator's list, which changes with every rule that is put before it. */
    static Message withoutIndex(Message message) {
        return switch (message) {
            case Route route
            when route.hasRule() -> {
                Route.Builder builder = route.toBuilder();
                builder.getRuleBuilder().clearIndex();
                yield builder.build();
            }
            case L4Route route
            when route.hasRule() -> {
                L4Route.Builder builder = route.toBuilder();
                builder.getRuleBuilder().clearIndex();
                yield builder.build();
            }
            default -> message;
        };
    }
}
