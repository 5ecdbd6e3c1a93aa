package io.signalbox.configservice.source.kubernetes;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import org.jspecify.annotations.Nullable;

/**
 * Makes text nodes that share equal texts, as far as a table of fixed size remembers them: thousands of pods have the
 * same labels, nodes, and service accounts. Threads may overwrite each other's entries, which costs a share and nothing
 * else.
 */
final class SharedTexts extends JsonNodeFactory {
    private static final long serialVersionUID = 1L;
    private static final int SIZE = 1 << 15;
    private static final int MAX_LENGTH = 128;

    private final transient @Nullable String[] texts = new String[SIZE];

    @Override
    public TextNode textNode(String text) {
        if (text.length() > MAX_LENGTH) {
            return super.textNode(text);
        }
        int hash = text.hashCode();
        int slot = (hash ^ (hash >>> 15)) & (SIZE - 1);
        String known = texts[slot];
        if (known != null && known.equals(text)) {
            return super.textNode(known);
        }
        texts[slot] = text;
        return super.textNode(text);
    }
}
