package io.signalbox.configservice.source.manifest;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a YAML text into its documents before any of them is parsed, so that a broken one leaves the others readable.
 * YAML allows a marker line nowhere but between documents.
 */
final class YamlDocuments {
    /**
     * A document that is not blank.
     *
     * @param index counts the documents that are not blank, from 0
     * @param firstLine line of the text at which it begins, from 1
     */
    record Document(int index, int firstLine, String text) {
        /** Length of the longest line, in characters. */
        int longestLine() {
            return text.lines().mapToInt(String::length).max().orElse(0);
        }
    }

    private YamlDocuments() {}

    static List<Document> split(String text) {
        List<Document> documents = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        int firstLine = 1;
        int line = 0;
        for (String content : text.split("\n", -1)) {
            line++;
            if (isMarker(content, "---") || isMarker(content, "...")) {
                add(documents, firstLine, current);
                current.setLength(0);
                firstLine = line;
                current.append(content, 3, content.length()).append('\n');
            } else {
                current.append(content).append('\n');
            }
        }
        add(documents, firstLine, current);
        return documents;
    }

    private static boolean isMarker(String line, String marker) {
        return line.startsWith(marker) && (line.length() == 3 || Character.isWhitespace(line.charAt(3)));
    }

    private static void add(List<Document> documents, int firstLine, CharSequence text) {
        String document = text.toString();
        boolean blank = document.lines().allMatch(line -> {
            String stripped = line.strip();
            return stripped.isEmpty() || stripped.startsWith("#") || line.startsWith("%");
        });
        if (!blank) {
            documents.add(new Document(documents.size(), firstLine, document));
        }
    }
}
