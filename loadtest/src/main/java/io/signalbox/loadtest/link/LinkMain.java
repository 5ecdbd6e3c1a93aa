package io.signalbox.loadtest.link;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The link as a program: {@code loadtest/bin/link}. */
@Command(
        name = "link",
        mixinStandardHelpOptions = true,
        description = "Makes two TUN devices and carries packets from one to the other, late and not all of them, until"
                + " it is ended; then they vanish.")
final class LinkMain implements Callable<Integer> {
    @Option(names = "--delay", defaultValue = "PT0S", description = "Of each packet, such as PT0.05S.")
    private Duration delay = Duration.ZERO;

    @Option(names = "--jitter", defaultValue = "PT0S", description = "By how much that is more or less.")
    private Duration jitter = Duration.ZERO;

    @Option(names = "--loss-percent", defaultValue = "0", description = "Of packets.")
    private double lossPercent;

    @Option(names = "--seed", defaultValue = "0", description = "Of what is left to chance.")
    private long seed;

    @Parameters(index = "0", paramLabel = "DEVICE", description = "Name of one end.")
    private String one = "";

    @Parameters(index = "1", paramLabel = "DEVICE", description = "Name of the other end.")
    private String other = "";

    private LinkMain() {}

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new LinkMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LinkQuality quality = new LinkQuality(delay, jitter, lossPercent, seed);
        TunDevice first = TunDevice.create(one);
        TunDevice second = TunDevice.create(other);
        Thread there = carry(new Direction(first, second, new Fate(quality, new Random(seed))));
        Thread back = carry(new Direction(second, first, new Fate(quality, new Random(seed + 1))));
        System.out.println("link ready");
        there.join();
        back.join();
        return 1;
    }

    private static Thread carry(Direction direction) {
        Thread.ofPlatform().daemon().name("deliver").start(() -> {
            try {
                direction.deliver();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return Thread.ofPlatform().daemon().name("receive").start(() -> {
            try {
                direction.receive();
            } catch (IOException e) {
                System.err.println("link: " + e.getMessage());
            }
        });
    }
}
