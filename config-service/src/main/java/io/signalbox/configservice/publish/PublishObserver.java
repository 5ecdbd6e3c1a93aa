package io.signalbox.configservice.publish;

import java.time.Duration;

/** Is told what the sessions do, on their threads; must be safe for that. */
public interface PublishObserver {
    /** A push was sent. */
    void onPush(int bytes);

    /** A push was applied whole. */
    void onAck(Duration latency);

    /** A push was refused in part or whole. */
    void onNack(Duration latency);

    /** A session ended, for this reason: one of a few words. */
    void onSessionEnd(String reason);
}
