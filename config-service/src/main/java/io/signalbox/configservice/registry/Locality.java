package io.signalbox.configservice.registry;

/**
 * Where something runs. Each part may be empty: unknown.
 *
 * @param region such as {@code eu-west}
 * @param zone part of the region
 * @param subzone part of the zone
 */
public record Locality(String region, String zone, String subzone) {
    /** Nowhere in particular. */
    public static final Locality UNKNOWN = new Locality("", "", "");

    /** Reads {@code region/zone/subzone}, of which the end may be missing; text after a third slash is left out. */
    public static Locality parse(String text) {
        String[] parts = text.split("/", -1);
        return new Locality(parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
    }

    @Override
    public String toString() {
        return (region + "/" + zone + "/" + subzone).replaceAll("/+$", "");
    }
}
