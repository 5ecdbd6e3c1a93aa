package io.signalbox.configservice;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.config.Config;
import io.helidon.config.ConfigException;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Brings together flags, environment, file and defaults, in this order of precedence. Every option {@code --some-name}
 * is also {@code SIGNALBOX_SOME_NAME} in the environment and {@code some-name} in the YAML file.
 */
final class Settings {
    /**
     * A value and where it came from.
     *
     * @param origin such as {@code --http-port} or {@code SIGNALBOX_HTTP_PORT}, for messages
     */
    record Setting(String value, String origin) {}

    private static final String ENVIRONMENT_PREFIX = "SIGNALBOX_";
    private static final String CONFIG_FILE = "config";

    private Settings() {}

    static String environmentName(String key) {
        return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /**
     * Parses the arguments into the command, with defaults from environment and file.
     *
     * @return where each option's value came from; empty when only help or version is wanted
     * @throws UsageException when the arguments or the file cannot be read
     */
    static Map<String, Setting> resolve(CommandLine command, String[] args, Map<String, String> environment)
            throws UsageException {
        List<String> keys = command.getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .map(Settings::key)
                .toList();
        Map<String, String> fromEnvironment = fromEnvironment(keys, environment);
        CommandLine.ParseResult flags = parse(command, args);
        if (command.isUsageHelpRequested() || command.isVersionHelpRequested()) {
            return Map.of();
        }
        Path file = configFile(flags, fromEnvironment);
        Map<String, String> fromFile = file == null ? Map.of() : fromFile(file, keys);
        Config config = Config.builder()
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .disableValueResolving()
                .addSource(ConfigSources.create(fromEnvironment))
                .addSource(ConfigSources.create(fromFile))
                .build();
        command.setDefaultValueProvider(option -> option.isOption()
                ? config.get(key((OptionSpec) option)).asString().orElse(option.defaultValue())
                : null);
        parse(command, args);
        Map<String, Setting> settings = new LinkedHashMap<>();
        for (OptionSpec option : command.getCommandSpec().options()) {
            String value = option.getValue() instanceof String text ? text : "";
            settings.put(key(option), new Setting(value, origin(option, flags, fromEnvironment, fromFile, file)));
        }
        return settings;
    }

    private static String origin(
            OptionSpec option,
            CommandLine.ParseResult flags,
            Map<String, String> fromEnvironment,
            Map<String, String> fromFile,
            @Nullable Path file) {
        String key = key(option);
        if (flags.hasMatchedOption(option.longestName())) {
            return option.longestName();
        }
        if (fromEnvironment.containsKey(key)) {
            return environmentName(key);
        }
        return fromFile.containsKey(key) ? key + " in " + file : option.longestName();
    }

    private static CommandLine.ParseResult parse(CommandLine command, String[] args) throws UsageException {
        try {
            return command.parseArgs(args);
        } catch (CommandLine.ParameterException e) {
            throw new UsageException(
                    List.of(String.valueOf(e.getMessage()).lines().findFirst().orElse("bad option")
                            + "; --help lists the options"));
        }
    }

    private static String key(OptionSpec option) {
        return option.longestName().substring("--".length());
    }

    private static Map<String, String> fromEnvironment(List<String> keys, Map<String, String> environment) {
        Map<String, String> values = new HashMap<>();
        for (String key : keys) {
            String value = environment.get(environmentName(key));
            if (value != null && !value.isEmpty()) {
                values.put(key, value);
            }
        }
        return values;
    }

    private static @Nullable Path configFile(CommandLine.ParseResult flags, Map<String, String> fromEnvironment) {
        String path = flags.matchedOptionValue("--" + CONFIG_FILE, fromEnvironment.get(CONFIG_FILE));
        return path == null ? null : Path.of(path);
    }

    private static Map<String, String> fromFile(Path file, List<String> keys) throws UsageException {
        Map<String, String> values;
        try {
            values = Config.builder()
                    .disableEnvironmentVariablesSource()
                    .disableSystemPropertiesSource()
                    .disableValueResolving()
                    .addSource(ConfigSources.create(Files.readString(file), MediaTypes.APPLICATION_X_YAML))
                    .build()
                    .asMap()
                    .orElse(Map.of());
        } catch (IOException e) {
            throw new UsageException(List.of("--config: " + file + " cannot be read (expected: a YAML file)"));
        } catch (ConfigException e) {
            throw new UsageException(List.of("--config: " + file + " is no YAML map of options"));
        }
        List<String> errors = new ArrayList<>();
        for (String key : new TreeSet<>(values.keySet())) {
            if (!keys.contains(key) || key.equals(CONFIG_FILE)) {
                errors.add(key + " in " + file + " is no known key (expected: one of "
                        + String.join(
                                ", ",
                                keys.stream()
                                        .filter(known -> !known.equals(CONFIG_FILE))
                                        .sorted()
                                        .toList())
                        + ")");
            }
        }
        if (!errors.isEmpty()) {
            throw new UsageException(errors);
        }
        return values;
    }
}
