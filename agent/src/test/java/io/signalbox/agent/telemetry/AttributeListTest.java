package io.signalbox.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.trace.SpanLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AttributeListTest {
    private static final AttributeKey<String> NAME = AttributeKey.stringKey("name");
    private static final AttributeKey<Long> NUMBER = AttributeKey.longKey("number");
    private static final AttributeKey<String> ABSENT = AttributeKey.stringKey("absent");

    private final AttributeList.Builder builder = new AttributeList.Builder(SpanLimits.getDefault());

    @Test
    void keepsWhatWasPutInItsOrder() {
        AttributeList list =
                builder.put(NUMBER, 7L).put(ABSENT, null).put(NAME, "a").build();

        List<String> seen = new ArrayList<>();
        list.forEach((key, value) -> seen.add(key + "=" + value));
        assertThat(seen).containsExactly("number=7", "name=a");
        assertThat(list.get(NAME)).isEqualTo("a");
        assertThat(list.get(NUMBER)).isEqualTo(7);
        assertThat(list.get(ABSENT)).isNull();
        assertThat(list.size()).isEqualTo(2);
        assertThat(list.isEmpty()).isFalse();
    }

    @Test
    void isTheSameAsTheApisOwn() {
        AttributeList list = builder.put(NUMBER, 7L).put(NAME, "a").build();

        assertThat(list.toBuilder().build()).isEqualTo(Attributes.of(NAME, "a", NUMBER, 7L));
        assertThat(list.asMap()).isEqualTo(Attributes.of(NAME, "a", NUMBER, 7L).asMap());
    }

    @Test
    void twoWithTheSameAttributesAreEqual() {
        AttributeList other = new AttributeList.Builder(SpanLimits.getDefault())
                .put(NAME, "a")
                .put(NUMBER, 7L)
                .build();
        assertThat(builder.put(NUMBER, 7L).put(NAME, "a").build())
                .isEqualTo(other)
                .hasSameHashCodeAs(other);
    }

    @Test
    void growsAsFarAsTheLimitLets() {
        IntStream.range(0, 200).forEach(i -> builder.put(AttributeKey.longKey("k" + i), (long) i));

        AttributeList list = builder.build();
        assertThat(list.size()).isEqualTo(SpanLimits.getDefault().getMaxNumberOfAttributes());
        assertThat(list.get(AttributeKey.longKey("k100"))).isEqualTo(100);
        assertThat(builder.total()).isEqualTo(200);
    }
}
