package io.signalbox.agent.capture.rules;

/** What becomes of new connections while no agent is there to take them. */
public enum FailureMode {
    /**
     * They go where they would go without rules: as soon as the agent has ended, or with rules that another program has
     * installed {@value CaptureRules#ALIVE_SECONDS} s after the agent's last sign of life.
     */
    OPEN,
    /** They are refused. */
    CLOSED
}
