package io.signalbox.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastKnownGoodTest {
    private final ConfigStats stats = new ConfigStats();

    @TempDir
    private Path directory;

    private static HeldContent content(int endpoints) {
        return HeldContent.EMPTY
                .accept(Protos.push(
                        "n",
                        Protos.full(Protos.snapshot(80, Protos.backend("b", endpoints), Protos.virtualHost("h", "b"))),
                        Protos.full(Protos.snapshot(9000, Protos.backend("c", 1)))))
                .content();
    }

    private LastKnownGood open() {
        return new LastKnownGood(directory, stats, System::nanoTime);
    }

    private Path file() {
        return directory.resolve(LastKnownGood.FILE_NAME);
    }

    private static byte[] bytes(HeldContent content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LastKnownGoodFormat.write(out, content);
        return out.toByteArray();
    }

    @Test
    void whatWasSavedIsLoaded() {
        try (LastKnownGood copy = open()) {
            copy.save(content(1));
        }
        try (LastKnownGood copy = open()) {
            assertThat(copy.load().toSnapshot().ports())
                    .isEqualTo(content(1).toSnapshot().ports());
        }
    }

    @Test
    void aStormOfPushesIsWrittenAFewTimesAndTheNewestLast() {
        try (LastKnownGood copy = open()) {
            for (int i = 0; i < 200; i++) {
                copy.save(content(i % 9 + 1));
            }
            copy.save(content(5));
        }
        assertThat(stats.lastKnownGoodWrites.sum()).isBetween(1L, 10L);
        try (LastKnownGood copy = open()) {
            assertThat(copy.load().toSnapshot().ports())
                    .isEqualTo(content(5).toSnapshot().ports());
        }
    }

    @Test
    void withoutAFileNothingIsHeld() {
        try (LastKnownGood copy = open()) {
            assertThat(copy.load()).isEqualTo(HeldContent.EMPTY);
        }
    }

    @Test
    void aCopyCutAtAnyLengthIsNotTaken() throws Exception {
        byte[] whole = bytes(content(2));
        for (int length = 0; length < whole.length; length++) {
            ByteArrayInputStream cut = new ByteArrayInputStream(whole, 0, length);
            Assertions.assertThatThrownBy(() -> LastKnownGoodFormat.read(cut))
                    .as("length %d", length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aCopyWithAnyByteChangedIsNotTaken() throws Exception {
        byte[] whole = bytes(content(2));
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x10;
            Assertions.assertThatThrownBy(() -> LastKnownGoodFormat.read(new ByteArrayInputStream(damaged)))
                    .as("byte %d", i)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aFileThatCannotBeUsedIsSetAside() throws Exception {
        Files.writeString(file(), "not ours");
        try (LastKnownGood copy = open()) {
            assertThat(copy.load()).isEqualTo(HeldContent.EMPTY);
        }
        assertThat(file()).doesNotExist();
        assertThat(directory.resolve(LastKnownGood.FILE_NAME + ".corrupt")).hasContent("not ours");
    }

    @Test
    void whatAKillLeavesOfAWriteIsIgnored() throws Exception {
        try (LastKnownGood copy = open()) {
            copy.save(content(1));
        }
        Files.write(directory.resolve(LastKnownGood.FILE_NAME + ".tmp"), new byte[] {1, 2, 3});
        try (LastKnownGood copy = open()) {
            assertThat(copy.load().ports()).hasSize(2);
            copy.save(content(3));
        }
        try (LastKnownGood copy = open()) {
            assertThat(copy.load().toSnapshot().ports())
                    .isEqualTo(content(3).toSnapshot().ports());
        }
    }
}
