package io.signalbox.configservice.identity;

import java.io.IOException;
import java.util.Optional;

/** Asks the cluster about tokens and the pods that they are bound to. Blocks; safe on any thread. */
public interface TokenReviewer {
    /**
     * What the cluster says of a token.
     *
     * @param audience that the token must be meant for
     * @throws IOException when the cluster gives no answer
     */
    TokenReview review(String token, String audience) throws IOException;

    /**
     * The node that a pod runs on; empty when there is no such pod, or it runs nowhere.
     *
     * @throws IOException when the cluster gives no answer
     */
    Optional<String> nodeOf(PodRef pod) throws IOException;

    /**
     * A pod.
     *
     * @param uid of the very one that is meant; another may come to have its name
     */
    record PodRef(String namespace, String name, String uid) {}
}
