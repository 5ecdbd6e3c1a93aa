package io.signalbox.loadtest.bench.bed;

/**
 * Who is to be measured.
 *
 * @param name in results
 * @param program that runs
 * @param balance how it chooses among backends
 * @param condition under which it runs; of the agent only
 */
public record Candidate(String name, Program program, Balance balance, Condition condition) {

    /** The program as it is by default, balancing by round robin. */
    public static Candidate of(Program program) {
        return new Candidate(program.executable(), program, Balance.ROUND_ROBIN, Condition.NONE);
    }

    /** The program with that balancer. */
    public static Candidate of(Program program, Balance balance) {
        return new Candidate(program.executable() + " " + balance, program, balance, Condition.NONE);
    }

    /** The agent under that condition. */
    public static Candidate agent(String name, Condition condition) {
        return new Candidate(name, Program.AGENT, Balance.ROUND_ROBIN, condition);
    }

    /** Proxies. */
    public enum Program {
        AGENT,
        HAPROXY,
        NGINX,
        NGHTTPX,
        ENVOY;

        /** Its name on the command line. */
        public String executable() {
            return switch (this) {
                case AGENT -> "agent";
                case HAPROXY -> "haproxy";
                case NGINX -> "nginx";
                case NGHTTPX -> "nghttpx";
                case ENVOY -> "envoy";
            };
        }
    }

    /** Ways to choose a backend, by the names that Istio and Envoy have for them. */
    public enum Balance {
        ROUND_ROBIN,
        LEAST_REQUEST,
        /** Only the agent has it. */
        PEAK_EWMA,
        RANDOM
    }

    /** What happens in or to the agent while it is measured. */
    public enum Condition {
        NONE,
        /** Ten more services on the same port. */
        TEN_SERVICES,
        /** A thousand more. */
        THOUSAND_SERVICES,
        /** Five thousand more. */
        FIVE_THOUSAND_SERVICES,
        /** The registry changes twenty times a second. */
        STORM,
        /** Its metrics are read once a second. */
        SCRAPED,
        /** Its requests are traced, 1 % of them sampled and exported. */
        TRACED
    }
}
