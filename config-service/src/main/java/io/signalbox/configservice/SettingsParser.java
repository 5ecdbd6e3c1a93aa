package io.signalbox.configservice;

import io.signalbox.configservice.Settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads settings one by one and collects what is wrong, so that all of it is told at once. */
final class SettingsParser {
    private final Map<String, Setting> settings;
    private final List<String> errors = new ArrayList<>();

    SettingsParser(Map<String, Setting> settings) {
        this.settings = settings;
    }

    /** A setting that must be there; {@code whenWrong} after an error. */
    <T> T read(String key, T whenWrong, Function<String, T> parse) {
        Setting setting = given(key);
        if (setting == null) {
            errors.add("--" + key + " is missing; give the option, set " + Settings.environmentName(key) + ", or " + key
                    + " in the --config file");
            return whenWrong;
        }
        return parse(setting, parse).orElse(whenWrong);
    }

    /** A setting that need not be there; empty also after an error. */
    <T> Optional<T> optional(String key, Function<String, T> parse) {
        Setting setting = given(key);
        return setting == null ? Optional.empty() : parse(setting, parse);
    }

    /** Whether there is a value, right or wrong. */
    boolean isGiven(String key) {
        return given(key) != null;
    }

    private @Nullable Setting given(String key) {
        Setting setting = settings.get(key);
        return setting == null || setting.value().isBlank() ? null : setting;
    }

    private <T> Optional<T> parse(Setting setting, Function<String, T> parse) {
        try {
            return Optional.of(parse.apply(setting.value()));
        } catch (IllegalArgumentException e) {
            errors.add(setting.origin() + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Refuses settings that mean nothing beside another one. */
    void refuse(String beside, String... keys) {
        for (String key : keys) {
            Setting setting = given(key);
            if (setting != null) {
                error(setting.origin() + ": " + setting.value() + " (expected: not together with " + beside + ")");
            }
        }
    }

    /** Notes something that is wrong with several settings together. */
    void error(String message) {
        errors.add(message);
    }

    /** Throws when anything was wrong. */
    void throwErrors() throws UsageException {
        if (!errors.isEmpty()) {
            throw new UsageException(errors);
        }
    }
}
