package io.signalbox.agent.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.trace.SpanLimits;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Attributes in the order in which they were put, each key once. The API's own are sorted, and the SDK's spans look for
 * a place by hash, which costs several times as much for the twenty of a span. Immutable.
 */
final class AttributeList implements Attributes {
    private final AttributeKey<?>[] keys;
    private final Object[] values;
    private final int size;

    /** Of the spans' limits, that of the number of attributes and that of the length of texts are kept. */
    static final class Builder {
        private final int maxSize;
        private final int maxLength;
        private AttributeKey<?>[] keys = new AttributeKey<?>[24];
        private Object[] values = new Object[24];
        private int size;
        private int total;

        Builder(SpanLimits limits) {
            maxSize = limits.getMaxNumberOfAttributes();
            maxLength = limits.getMaxAttributeValueLength();
        }

        /** Puts a key that was not put before; without a value it is left out. */
        <T> Builder put(AttributeKey<T> key, @Nullable T value) {
            if (value == null) {
                return this;
            }
            total++;
            if (size < maxSize) {
                if (size == keys.length) {
                    keys = Arrays.copyOf(keys, size * 2);
                    values = Arrays.copyOf(values, size * 2);
                }
                keys[size] = key;
                values[size++] = value instanceof String text && text.length() > maxLength
                        ? text.substring(0, maxLength)
                        : value;
            }
            return this;
        }

        /** How many were put, those beyond the limit too. */
        int total() {
            return total;
        }

        /** To be called once, at the end. */
        AttributeList build() {
            return new AttributeList(keys, values, size);
        }
    }

    private AttributeList(AttributeKey<?>[] keys, Object[] values, int size) {
        this.keys = keys;
        this.values = values;
        this.size = size;
    }

    @Override
    @SuppressWarnings("unchecked") // the builder has seen to it
    public <T> @Nullable T get(AttributeKey<T> key) {
        for (int i = 0; i < size; i++) {
            if (keys[i].equals(key)) {
                return (T) values[i];
            }
        }
        return null;
    }

    @Override
    public void forEach(BiConsumer<? super AttributeKey<?>, ? super Object> consumer) {
        for (int i = 0; i < size; i++) {
            consumer.accept(keys[i], values[i]);
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean isEmpty() {
        return size == 0;
    }

    @Override
    public Map<AttributeKey<?>, Object> asMap() {
        Map<AttributeKey<?>, Object> map = new LinkedHashMap<>();
        forEach(map::put);
        return Collections.unmodifiableMap(map);
    }

    @Override
    @SuppressWarnings("unchecked") // the builder has seen to it
    public AttributesBuilder toBuilder() {
        AttributesBuilder builder = Attributes.builder();
        forEach((key, value) -> builder.put((AttributeKey<Object>) key, value));
        return builder;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AttributeList list && asMap().equals(list.asMap());
    }

    @Override
    public int hashCode() {
        return asMap().hashCode();
    }

    @Override
    public String toString() {
        return asMap().toString();
    }
}
