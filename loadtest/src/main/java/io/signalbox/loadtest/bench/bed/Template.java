package io.signalbox.loadtest.bench.bed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Configuration files of the peers, with names such as {@code @PORT@} in them that are replaced. */
final class Template {
    private static final String DIRECTORY = "/io/signalbox/loadtest/bench/";
    private static final Pattern NAME = Pattern.compile("@([A-Z]+)@");

    private Template() {}

    /** The file of that name with every name in it replaced; fails on a name without a value. */
    static String fill(String file, Map<String, String> values) {
        String text = read(file);
        return NAME.matcher(text).replaceAll(name -> {
            String value = values.get(name.group(1));
            if (value == null) {
                throw new IllegalArgumentException(file + ": @" + name.group(1) + "@ (expected: one of "
                        + values.keySet().stream().sorted().toList() + ")");
            }
            return Matcher.quoteReplacement(value);
        });
    }

    private static String read(String file) {
        try (InputStream in = Template.class.getResourceAsStream(DIRECTORY + file)) {
            if (in == null) {
                throw new IllegalArgumentException(file + ": no such template");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
