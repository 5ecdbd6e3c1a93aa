package io.signalbox.agent.balance;

/**
 * A place in the world.
 *
 * @param region empty: unknown; likewise the others
 */
record Locality(String region, String zone, String subzone) {
    static Locality of(String text) {
        String[] parts = text.split("/", 3);
        return new Locality(parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
    }

    /** Priority of endpoints there for callers here: 0 the same subzone, 1 zone, 2 region, 3 elsewhere. */
    int distanceTo(Locality other) {
        if (!region.equals(other.region)) {
            return 3;
        }
        if (!zone.equals(other.zone)) {
            return 2;
        }
        return subzone.equals(other.subzone) ? 0 : 1;
    }

    /** Whether this lies in {@code region/zone/subzone}, where {@code *} or nothing stands for anything below. */
    boolean isIn(String pattern) {
        String[] parts = pattern.split("/", 3);
        String[] own = {region, zone, subzone};
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].equals("*")) {
                return true;
            }
            if (!parts[i].equals(own[i])) {
                return false;
            }
        }
        return true;
    }
}
