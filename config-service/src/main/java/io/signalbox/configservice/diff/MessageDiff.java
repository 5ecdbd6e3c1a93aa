package io.signalbox.configservice.diff;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.RequestMatch;
import io.signalbox.config.v1.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Walks two messages of one type side by side and says what differs. */
final class MessageDiff {
    private final List<String> changes = new ArrayList<>();

    private MessageDiff() {}

    /** What makes {@code to} of {@code from}. */
    static List<String> between(Message from, Message to) {
        MessageDiff diff = new MessageDiff();
        diff.messages("", from, to);
        return diff.changes;
    }

    /** What the message says, a line for each field. */
    static List<String> describe(Message message) {
        List<String> lines = new ArrayList<>();
        message.getAllFields().forEach((field, value) -> {
            if (!field.getName().equals("name")) {
                lines.add(Words.name(field) + ": " + Words.value(field, value));
            }
        });
        return lines;
    }

    private void messages(String where, Message from, Message to) {
        Set<OneofDescriptor> told = new HashSet<>();
        for (FieldDescriptor field : to.getDescriptorForType().getFields()) {
            OneofDescriptor oneof = field.getRealContainingOneof();
            if (oneof != null && from.getOneofFieldDescriptor(oneof) != to.getOneofFieldDescriptor(oneof)) {
                if (told.add(oneof)) {
                    changes.add(where + Words.name(oneof) + " " + chosen(oneof, from) + " -> " + chosen(oneof, to));
                }
            } else if (field.isRepeated()) {
                lists(where, field, items(from, field), items(to, field));
            } else if (field.getJavaType() == JavaType.MESSAGE && from.hasField(field) && to.hasField(field)) {
                messages(where + Words.path(field), (Message) from.getField(field), (Message) to.getField(field));
            } else {
                String before = shown(from, field);
                String after = shown(to, field);
                if (!before.equals(after)) {
                    changes.add(where + Words.name(field) + " " + before + " -> " + after);
                }
            }
        }
    }

    private static String chosen(OneofDescriptor oneof, Message message) {
        FieldDescriptor field = message.getOneofFieldDescriptor(oneof);
        return field == null ? "none" : Words.name(field) + " " + Words.value(field, message.getField(field));
    }

    private static String shown(Message message, FieldDescriptor field) {
        boolean isSet = field.hasPresence()
                ? message.hasField(field)
                : field.getJavaType() == JavaType.BOOLEAN
                        || Words.isAmount(field)
                        || !message.getField(field).equals(field.getDefaultValue());
        return isSet ? Words.value(field, message.getField(field)) : "none";
    }

    @SuppressWarnings("unchecked") // a repeated field is a list
    private static List<Object> items(Message message, FieldDescriptor field) {
        return (List<Object>) message.getField(field);
    }

    private void lists(String where, FieldDescriptor field, List<Object> from, List<Object> to) {
        if (from.equals(to)) {
            return;
        }
        if (isOrdered(field)) {
            ordered(where, field, from, to);
        } else {
            keyed(where, field, from, to);
        }
    }

    private static boolean isOrdered(FieldDescriptor field) {
        return field.getJavaType() == JavaType.MESSAGE
                && (field.getMessageType().equals(Route.getDescriptor())
                        || field.getMessageType().equals(L4Route.getDescriptor())
                        || field.getMessageType().equals(RequestMatch.getDescriptor()));
    }

    /** Items that have a name: added and removed ones are named together, others are compared one by one. */
    private void keyed(String where, FieldDescriptor field, List<Object> from, List<Object> to) {
        Map<String, Object> before = byKey(field, from);
        Map<String, Object> after = byKey(field, to);
        List<String> removed = new ArrayList<>();
        before.forEach((key, item) -> {
            if (!after.containsKey(key)) {
                removed.add(key);
            }
        });
        List<String> added = new ArrayList<>();
        after.forEach((key, item) -> {
            Object old = before.get(key);
            if (old == null) {
                added.add(Words.value(field, item));
            } else if (item instanceof Message message && !old.equals(item)) {
                messages(where + Words.item(field, key), (Message) old, message);
            }
        });
        if (!removed.isEmpty()) {
            changes.add(where + Words.name(field) + " removed: " + Words.list(removed));
        }
        if (!added.isEmpty()) {
            changes.add(where + Words.name(field) + " added: " + Words.list(added));
        }
        List<String> kept = new ArrayList<>(before.keySet());
        kept.retainAll(after.keySet());
        List<String> keptNow = new ArrayList<>(after.keySet());
        keptNow.retainAll(before.keySet());
        if (!kept.equals(keptNow)) {
            changes.add(where + Words.name(field) + " in another order: " + Words.list(keptNow));
        }
    }

    private static Map<String, Object> byKey(FieldDescriptor field, List<Object> items) {
        Map<String, Object> byKey = new LinkedHashMap<>();
        for (Object item : items) {
            String key = Words.key(field, item);
            String unique = key;
            for (int i = 2; byKey.containsKey(unique); i++) {
                unique = key + " #" + i;
            }
            byKey.put(unique, item);
        }
        return byKey;
    }

    /** Items whose order counts and which may have no name: what is equal at both ends is set aside first. */
    private void ordered(String where, FieldDescriptor field, List<Object> from, List<Object> to) {
        int head = 0;
        while (head < from.size() && head < to.size() && same(from.get(head), to.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < from.size() - head
                && tail < to.size() - head
                && same(from.get(from.size() - 1 - tail), to.get(to.size() - 1 - tail))) {
            tail++;
        }
        Map<String, Integer> before = positions(from, head, from.size() - tail);
        Map<String, Integer> after = positions(to, head, to.size() - tail);
        before.forEach((key, index) -> {
            if (!after.containsKey(key)) {
                changes.add(where + label(from, index) + " removed");
            }
        });
        after.forEach((key, index) -> {
            Integer old = before.get(key);
            if (old == null) {
                changes.add(where + label(to, index) + " added: " + Words.value(field, to.get(index)));
            } else if (!same(from.get(old), to.get(index))) {
                messages(
                        where + label(to, index) + ": ",
                        Words.withoutIndex((Message) from.get(old)),
                        Words.withoutIndex((Message) to.get(index)));
            }
        });
        List<String> kept = new ArrayList<>(before.keySet());
        kept.retainAll(after.keySet());
        List<String> keptNow = new ArrayList<>(after.keySet());
        keptNow.retainAll(before.keySet());
        if (!kept.equals(keptNow)) {
            changes.add(where + Words.name(field) + " in another order: "
                    + Words.list(keptNow.stream()
                            .map(key -> label(to, after.getOrDefault(key, 0)))
                            .toList()));
        }
    }

    private static boolean same(Object left, Object right) {
        return Words.withoutIndex((Message) left).equals(Words.withoutIndex((Message) right));
    }

    private static Map<String, Integer> positions(List<Object> items, int begin, int end) {
        Map<String, Integer> positions = new LinkedHashMap<>();
        for (int i = begin; i < end; i++) {
            String identity = Words.identity((Message) items.get(i));
            String unique = identity;
            for (int n = 2; positions.containsKey(unique); n++) {
                unique = identity + " #" + n;
            }
            positions.put(unique, i);
        }
        return positions;
    }

    private static String label(List<Object> items, int index) {
        return Words.label((Message) items.get(index), index);
    }
}
