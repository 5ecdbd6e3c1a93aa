package io.signalbox.agent;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.config.Config;
import io.helidon.config.ConfigException;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The values of the options: of the command line, else of the environment, else of the file, else the default. Reading
 * a value that cannot be used notes a problem that names where it stands, and goes on, so that all are told at once.
 */
final class OptionValues {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Set<String> FILE_KEYS = Stream.of(AgentOption.values())
            .filter(option -> option != AgentOption.CONFIG)
            .map(AgentOption::key)
            .collect(Collectors.toUnmodifiableSet());

    private final Map<AgentOption, String> flags;
    private final Map<AgentOption, String> environment = new EnumMap<>(AgentOption.class);
    private final @Nullable Path file;
    private final Config config;
    /** Each once: a value may be read for several purposes. */
    private final Set<String> problems = new LinkedHashSet<>();

    OptionValues(Map<AgentOption, String> flags, Map<String, String> environmentVariables) {
        this.flags = flags;
        for (AgentOption option : AgentOption.values()) {
            String value = environmentVariables.get(option.environmentVariable());
            if (value != null && !value.isBlank()) {
                environment.put(option, value);
            }
        }
        String path = flags.getOrDefault(AgentOption.CONFIG, environment.get(AgentOption.CONFIG));
        this.file = path == null ? null : Path.of(path);
        this.config = Config.builder()
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .disableKeyResolving()
                .disableValueResolving()
                .addSource(ConfigSources.create(byKey(flags)))
                .addSource(ConfigSources.create(byKey(environment)))
                .addSource(ConfigSources.create(file == null ? Map.of() : readFile(file)))
                .addSource(ConfigSources.create(defaults()))
                .build();
    }

    private static Map<String, String> byKey(Map<AgentOption, String> values) {
        Map<String, String> byKey = new HashMap<>();
        values.forEach((option, value) -> byKey.put(option.key(), value));
        return byKey;
    }

    private static Map<String, String> defaults() {
        return Stream.of(AgentOption.values())
                .filter(option -> !option.defaultValue().isEmpty())
                .collect(Collectors.toMap(AgentOption::key, AgentOption::defaultValue));
    }

    private Map<String, String> readFile(Path path) {
        Map<String, String> values = new HashMap<>();
        try {
            Config.builder()
                    .disableEnvironmentVariablesSource()
                    .disableSystemPropertiesSource()
                    .disableKeyResolving()
                    .disableValueResolving()
                    .addSource(ConfigSources.create(Files.readString(path), MediaTypes.APPLICATION_X_YAML))
                    .build()
                    .traverse()
                    .filter(Config::isLeaf)
                    .forEach(leaf ->
                            values.put(leaf.key().toString(), leaf.asString().orElse("")));
        } catch (NoSuchFileException e) {
            problems.add(path + ": no such file (expected: the YAML file that --config names)");
        } catch (IOException e) {
            problems.add(path + ": cannot be read: " + e.getClass().getSimpleName());
        } catch (ConfigException e) {
            problems.add(path + ": not YAML with options by name: " + firstLine(e));
        }
        values.keySet().stream()
                .filter(key -> !FILE_KEYS.contains(key))
                .sorted()
                .forEach(key -> problems.add(path + ": " + key + ": unknown option (see --help)"));
        values.keySet().retainAll(FILE_KEYS);
        return values;
    }

    private static String firstLine(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().map(String::strip).collect(Collectors.joining(" "));
    }

    /** A value, or the empty string. */
    String text(AgentOption option) {
        return value(option).orElse("");
    }

    /** A value that must be there. */
    String required(AgentOption option) {
        return value(option).orElseGet(() -> {
            problems.add(option.flag() + ": missing (give " + option.flag() + " " + option.label() + ", or "
                    + option.environmentVariable() + ", or '" + option.key() + "' in the --config file)");
            return "";
        });
    }

    int integer(AgentOption option, int min, int max) {
        return parse(option, min, text -> {
            try {
                int number = Integer.parseInt(text);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // told below, as what is out of range
            }
            throw new IllegalArgumentException(text + " (expected: a number from " + min + " to " + max + ")");
        });
    }

    /** True or false. */
    boolean flag(AgentOption option) {
        return parse(option, false, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text + " (expected: true or false)");
        });
    }

    /** Items between commas, each read with a parser that throws {@link IllegalArgumentException}. */
    <T> List<T> list(AgentOption option, Function<String, T> parser) {
        return parse(
                option,
                List.of(),
                text -> Stream.of(text.split(",", -1))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .map(parser)
                        .toList());
    }

    /** Notes something that is wrong with several options together. */
    void problem(String message) {
        problems.add(message);
    }

    /** Notes that a value cannot be used together with others. */
    void problem(AgentOption option, String reason) {
        problems.add(where(option) + ": " + reason);
    }

    Duration duration(AgentOption option) {
        return parse(option, Duration.ZERO, text -> {
            Matcher matcher = DURATION.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(text + " (expected: a duration such as 250ms, 10s, 5m or 1h)");
            }
            long amount = Long.parseLong(matcher.group(1));
            return switch (Objects.requireNonNull(matcher.group(2))) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        });
    }

    /** One of the words of an enum, in lower case. */
    <E extends Enum<E>> E choice(AgentOption option, Class<E> type) {
        E[] all = type.getEnumConstants();
        return parse(
                option,
                all[0],
                text -> Stream.of(all)
                        .filter(each -> each.name().equalsIgnoreCase(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(text + " (expected: " + words(all) + ")")));
    }

    private static String words(Object[] all) {
        return Stream.of(all)
                .map(each -> each.toString().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining(" or "));
    }

    /** Reads a value with a parser that throws {@link IllegalArgumentException}; {@code fallback} after a problem. */
    <T> T parse(AgentOption option, T fallback, Function<String, T> parser) {
        String text = text(option);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            problems.add(where(option) + ": " + e.getMessage());
            return fallback;
        }
    }

    /** Throws when any problem was noted. */
    void throwProblems() throws InvalidConfigException {
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(List.copyOf(problems));
        }
    }

    private Optional<String> value(AgentOption option) {
        return config.get(option.key()).asString().asOptional().filter(value -> !value.isBlank());
    }

    private String where(AgentOption option) {
        if (flags.containsKey(option)) {
            return option.flag();
        }
        if (environment.containsKey(option)) {
            return option.environmentVariable();
        }
        return file == null ? option.flag() : file + ": " + option.key();
    }
}
