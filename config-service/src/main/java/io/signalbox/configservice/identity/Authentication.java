package io.signalbox.configservice.identity;

import org.jspecify.annotations.Nullable;

/** Finds out who an agent is. Safe on any thread. */
public interface Authentication {
    /** Believes everybody. */
    Authentication NONE = _ -> AgentIdentity.UNPROVEN;

    /**
     * Who shows this; blocks while somebody else has to be asked.
     *
     * @param authorization value of the stream's {@code authorization} metadata; null: there was none
     * @throws AuthenticationException when it proves nothing or cannot be checked now
     */
    AgentIdentity authenticate(@Nullable String authorization) throws AuthenticationException;
}
