package io.signalbox.agent.capture.rules;

import io.signalbox.agent.capture.netns.Nftables;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Rules of one network namespace that fail open by themselves: the kernel removes them with this process, whatever its
 * end. Connections that are open then go on. Not safe for use by several threads at a time.
 */
public final class OwnedRules implements AutoCloseable {
    private final Nftables nftables;

    private OwnedRules(Nftables nftables) {
        this.nftables = nftables;
    }

    /** A name for a table that is not another agent's. */
    static String newTable() {
        return "%s_%08x"
                .formatted(CaptureRules.TABLE, ThreadLocalRandom.current().nextInt());
    }

    /**
     * Puts rules in the place of all earlier ones that are not another agent's own, in the network namespace of the
     * calling thread. Of two agents' rules the newer ones decide.
     */
    public static OwnedRules install(CaptureRules rules) throws IOException {
        Nftables nftables = Nftables.open();
        try {
            nftables.run(rules.ownedText(newTable()));
            nftables.shrink();
            return new OwnedRules(nftables);
        } catch (IOException | RuntimeException e) {
            nftables.close();
            throw e;
        }
    }

    /** The rules go; connections that are open go on. */
    @Override
    public void close() {
        nftables.close();
    }

    /**
     * Removes what {@link #close} left for open connections from the network namespace of the calling thread, unless an
     * agent has rules of its own there; returns whether it did.
     */
    public static boolean removeRest() throws IOException {
        try (Nftables nftables = Nftables.open()) {
            boolean isLast = !nftables.run("list tables inet\n").contains(" " + CaptureRules.TABLE + "_");
            if (isLast) {
                nftables.run(CaptureRules.removeText());
            }
            return isLast;
        }
    }
}
