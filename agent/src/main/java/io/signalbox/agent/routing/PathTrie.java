package io.signalbox.agent.routing;

import io.signalbox.agent.model.Caller;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Paths and prefixes of paths, each with the indexes of the matches that name it: a radix tree, walked along the path
 * of a request. Immutable.
 */
final class PathTrie {
    /** How a text in the trie takes a path. */
    enum Kind {
        /** The whole path. */
        EXACT,
        /** As the path's beginning. */
        PREFIX,
        /** As the path's beginning, up to a slash or the end. */
        SEGMENTS
    }

    private static final int[] NONE = {};

    private final Node root;
    private final boolean ignoreCase;
    private final boolean isEmpty;

    private PathTrie(Node root, boolean ignoreCase, boolean isEmpty) {
        this.root = root;
        this.ignoreCase = ignoreCase;
        this.isEmpty = isEmpty;
    }

    /** The least index below a bound whose path fits and whose match is fulfilled; else the bound. */
    int first(CharSequence path, int bound, PathIndex index, RequestAttributes request, Caller caller) {
        if (isEmpty) {
            return bound;
        }
        int best = bound;
        int length = path.length();
        int at = 0;
        Node node = root;
        while (node != null) {
            best = index.first(node.prefix, best, request, caller);
            if (at == length) {
                best = index.first(node.exact, best, request, caller);
                return index.first(node.segments, best, request, caller);
            }
            char next = fold(path.charAt(at));
            if (next == '/') {
                best = index.first(node.segments, best, request, caller);
            }
            node = node.child(next);
            if (node != null && !continuesWith(path, at, node.label)) {
                return best;
            }
            at += node == null ? 0 : node.label.length();
        }
        return best;
    }

    private boolean continuesWith(CharSequence path, int at, String label) {
        if (path.length() - at < label.length()) {
            return false;
        }
        for (int i = 1; i < label.length(); i++) {
            if (fold(path.charAt(at + i)) != label.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private char fold(char c) {
        return ignoreCase ? HostName.lower(c) : c;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    private record Node(String label, char[] firsts, Node[] children, int[] exact, int[] prefix, int[] segments) {
        @Nullable
        Node child(char first) {
            int found = Arrays.binarySearch(firsts, first);
            return found < 0 ? null : children[found];
        }
    }

    /** Takes texts in ascending order of their indexes. */
    static final class Builder {
        private final TreeMap<String, Map<Kind, List<Integer>>> byText = new TreeMap<>();
        private final boolean ignoreCase;

        Builder(boolean ignoreCase) {
            this.ignoreCase = ignoreCase;
        }

        void add(String text, Kind kind, int index) {
            byText.computeIfAbsent(ignoreCase ? lower(text) : text, t -> new TreeMap<>())
                    .computeIfAbsent(kind, k -> new ArrayList<>())
                    .add(index);
        }

        private static String lower(String text) {
            StringBuilder lower = new StringBuilder(text.length());
            for (int i = 0; i < text.length(); i++) {
                lower.append(HostName.lower(text.charAt(i)));
            }
            return lower.toString();
        }

        PathTrie build() {
            List<String> sorted = List.copyOf(byText.keySet());
            return new PathTrie(node(sorted, 0, 0), ignoreCase, sorted.isEmpty());
        }

        /**
         * The node of texts that share their first {@code end} characters, of which it bears those from {@code from}.
         */
        private Node node(List<String> sorted, int from, int end) {
            int own = !sorted.isEmpty() && sorted.get(0).length() == end ? 1 : 0;
            List<Node> children = new ArrayList<>();
            int at = own;
            while (at < sorted.size()) {
                char first = sorted.get(at).charAt(end);
                int to = at + 1;
                while (to < sorted.size() && sorted.get(to).charAt(end) == first) {
                    to++;
                }
                List<String> group = sorted.subList(at, to);
                children.add(node(group, end, commonLength(group)));
                at = to;
            }
            char[] firsts = new char[children.size()];
            for (int i = 0; i < firsts.length; i++) {
                firsts[i] = children.get(i).label.charAt(0);
            }
            Map<Kind, List<Integer>> lists = own == 1 ? byText.getOrDefault(sorted.get(0), Map.of()) : Map.of();
            return new Node(
                    sorted.isEmpty() ? "" : sorted.get(0).substring(from, end),
                    firsts,
                    children.toArray(Node[]::new),
                    indexes(lists, Kind.EXACT),
                    indexes(lists, Kind.PREFIX),
                    indexes(lists, Kind.SEGMENTS));
        }

        private static int[] indexes(Map<Kind, List<Integer>> lists, Kind kind) {
            List<Integer> indexes = lists.get(kind);
            return indexes == null
                    ? NONE
                    : indexes.stream().mapToInt(Integer::intValue).toArray();
        }

        private static int commonLength(List<String> sorted) {
            String first = sorted.get(0);
            String last = sorted.get(sorted.size() - 1);
            int common = 0;
            while (common < first.length() && first.charAt(common) == last.charAt(common)) {
                common++;
            }
            return common;
        }
    }
}
