package io.signalbox.agent.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.signalbox.agent.testkit.Snapshots;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names on a clock that stands still until it is told to move. */
class NamesTest {
    private final Runnable watcher = this::notice;

    private final EmbeddedChannel upkeep = new EmbeddedChannel();
    private final List<String> asked = new ArrayList<>();
    private final ResolveStats stats = new ResolveStats();
    private NameLookup.@Nullable Answer answer = answer(30_000, "10.0.0.1");
    private long now;
    private int noticed;
    private final Names names = new Names(this::lookup, upkeep.eventLoop(), () -> now, stats);

    NamesTest() {
        upkeep.freezeTime();
    }

    private void notice() {
        noticed++;
    }

    private static NameLookup.Answer answer(long ttlMillis, String... addresses) {
        List<InetAddress> parsed = new ArrayList<>();
        for (String address : addresses) {
            parsed.add(Snapshots.address(address));
        }
        return new NameLookup.Answer(parsed, ttlMillis);
    }

    private CompletionStage<NameLookup.Answer> lookup(String name) {
        asked.add(name);
        return answer == null
                ? CompletableFuture.failedStage(new UnknownHostException(name))
                : CompletableFuture.completedStage(answer);
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
        upkeep.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        upkeep.runPendingTasks();
        upkeep.runScheduledPendingTasks();
        upkeep.runPendingTasks();
    }

    private @Nullable List<InetAddress> resolve() {
        CompletableFuture<List<InetAddress>> result = names.resolve("a.example").toCompletableFuture();
        pass(0);
        return result.isCompletedExceptionally() ? null : result.join();
    }

    private static List<InetAddress> addresses(String... texts) {
        return answer(1, texts).addresses();
    }

    @ParameterizedTest
    @CsvSource({"30000, 29999, 1", "30000, 30000, 2", "0, 999, 1", "0, 1000, 2"})
    void asksAgainWhenTheTimeToLiveIsOver(long ttlMillis, long passed, int questions) {
        answer = answer(ttlMillis, "10.0.0.1");
        names.watch("a.example", watcher);
        pass(0);
        pass(passed);
        assertThat(asked).hasSize(questions);
        assertThat(noticed).isEqualTo(1);
    }

    @Test
    void tellsOfChangesOnly() {
        List<List<InetAddress>> seen = new ArrayList<>();
        names.watch("a.example", () -> seen.add(names.addresses("a.example")));
        pass(0);
        pass(30_000);
        answer = answer(30_000, "10.0.0.2", "fd00::2");
        pass(30_000);
        assertThat(seen).containsExactly(addresses("10.0.0.1"), addresses("10.0.0.2", "fd00::2"));
    }

    @Test
    void keepsTheLastGoodAnswerWhileLookupsFail() {
        names.watch("a.example", watcher);
        pass(0);
        answer = null;
        pass(30_000);
        assertThat(names.addresses("a.example")).isEqualTo(addresses("10.0.0.1"));
        assertThat(stats.failures.sum()).isEqualTo(1);
    }

    @Test
    void triesAgainEverMoreSeldomUpToAMinute() {
        answer = null;
        names.watch("a.example", watcher);
        pass(0);
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int before = asked.size();
            long pause = 0;
            while (asked.size() == before) {
                pass(500);
                pause += 500;
            }
            pauses.add(pause);
        }
        assertThat(pauses).containsExactly(1000L, 2000L, 4000L, 8000L, 16_000L, 32_000L, 60_000L, 60_000L);
    }

    @Test
    void severalMayWatchOneName() {
        Runnable other = () -> {};
        names.watch("a.example", watcher);
        names.watch("a.example", other);
        pass(0);
        assertThat(asked).hasSize(1);
        names.unwatch("a.example", other);
        pass(30_000);
        assertThat(asked).hasSize(2);
        names.unwatch("a.example", watcher);
        pass(60_000);
        assertThat(asked).hasSize(2);
        assertThat(names.addresses("a.example")).isEmpty();
    }

    @Test
    void aNameThatIsAskedForIsLookedUpOncePerTimeToLive() {
        assertThat(resolve()).isEqualTo(addresses("10.0.0.1"));
        pass(29_000);
        resolve();
        assertThat(asked).hasSize(1);
        pass(1000);
        answer = answer(1, "10.0.0.9");
        assertThat(resolve()).isEqualTo(addresses("10.0.0.9"));
    }

    @Test
    void aNameThatWasKnownIsRememberedWhenLookupsFail() {
        resolve();
        answer = null;
        pass(30_000);
        assertThat(resolve()).isEqualTo(addresses("10.0.0.1"));
    }

    @Test
    void aNameThatWasNeverKnownFails() {
        answer = null;
        assertThat(resolve()).isNull();
        resolve();
        assertThat(asked).hasSize(1);
        pass(1000);
        answer = answer(1, "10.0.0.1");
        assertThat(resolve()).isEqualTo(addresses("10.0.0.1"));
    }
}
