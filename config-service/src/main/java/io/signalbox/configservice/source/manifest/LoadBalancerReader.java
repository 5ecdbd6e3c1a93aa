package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.LoadBalancerSettings;
import io.signalbox.configservice.registry.LocalitySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads load balancers of traffic policies. */
final class LoadBalancerReader {
    private static final int DEFAULT_RING_SIZE = 1024;
    private static final int DEFAULT_TABLE_SIZE = 65_537;
    private static final double DEFAULT_MINIMUM_PERCENT = 10;
    private static final Map<String, LoadBalancerSettings.Simple> SIMPLE = Map.of(
            "UNSPECIFIED", LoadBalancerSettings.Simple.UNSPECIFIED,
            "LEAST_REQUEST", LoadBalancerSettings.Simple.LEAST_REQUEST,
            "LEAST_CONN", LoadBalancerSettings.Simple.LEAST_CONN,
            "ROUND_ROBIN", LoadBalancerSettings.Simple.ROUND_ROBIN,
            "RANDOM", LoadBalancerSettings.Simple.RANDOM,
            "PASSTHROUGH", LoadBalancerSettings.Simple.PASSTHROUGH);

    private LoadBalancerReader() {}

    static LoadBalancerSettings read(Fields settings) {
        if (settings.has("simple") && settings.has("consistentHash")) {
            settings.error(settings.path("consistentHash"), "excludes simple; keep one of them");
        }
        LoadBalancerSettings.Warmup warmup = settings.objectOrNull("warmup", LoadBalancerReader::warmup);
        Duration oldWarmup = settings.duration("warmupDurationSecs");
        if (oldWarmup != null) {
            settings.warning(settings.path("warmupDurationSecs"), "is deprecated; use warmup: {duration: ...}");
            if (warmup == null) {
                warmup = new LoadBalancerSettings.Warmup(oldWarmup, DEFAULT_MINIMUM_PERCENT, 1);
            }
        }
        LoadBalancerSettings read = new LoadBalancerSettings(
                settings.word("simple", SIMPLE, LoadBalancerSettings.Simple.UNSPECIFIED),
                settings.objectOrNull("consistentHash", LoadBalancerReader::consistentHash),
                settings.objectOrNull("localityLbSetting", LoadBalancerReader::locality),
                warmup);
        settings.refuseOthers();
        return read;
    }

    private static LoadBalancerSettings.Warmup warmup(Fields warmup) {
        Duration duration = warmup.duration("duration");
        if (!warmup.has("duration")) {
            warmup.error(warmup.path("duration"), "is missing (expected: a duration such as 30s)");
        }
        Double minimumPercent = warmup.decimal("minimumPercent");
        Double aggression = warmup.decimal("aggression");
        warmup.refuseOthers();
        return new LoadBalancerSettings.Warmup(
                duration == null ? Duration.ZERO : duration,
                minimumPercent == null ? DEFAULT_MINIMUM_PERCENT : minimumPercent,
                aggression == null ? 1 : aggression);
    }

    private static LoadBalancerSettings.ConsistentHash consistentHash(Fields hash) {
        List<LoadBalancerSettings.HashKey> keys = new ArrayList<>();
        if (hash.has("httpHeaderName")) {
            keys.add(new LoadBalancerSettings.HashKey.Header(hash.text("httpHeaderName")));
        }
        LoadBalancerSettings.HashKey cookie = hash.objectOrNull("httpCookie", LoadBalancerReader::cookie);
        if (cookie != null) {
            keys.add(cookie);
        }
        if (hash.has("useSourceIp") && hash.flag("useSourceIp", false)) {
            keys.add(new LoadBalancerSettings.HashKey.SourceIp());
        }
        if (hash.has("httpQueryParameterName")) {
            keys.add(new LoadBalancerSettings.HashKey.QueryParameter(hash.text("httpQueryParameterName")));
        }
        if (keys.size() > 1) {
            hash.error(
                    hash.path(),
                    "has several keys (expected: one of httpHeaderName, httpCookie, useSourceIp,"
                            + " httpQueryParameterName)");
        }
        LoadBalancerSettings.HashAlgorithm algorithm = algorithm(hash);
        hash.refuseOthers();
        return new LoadBalancerSettings.ConsistentHash(keys.isEmpty() ? null : keys.getFirst(), algorithm);
    }

    private static LoadBalancerSettings.HashKey cookie(Fields cookie) {
        LoadBalancerSettings.HashKey read = new LoadBalancerSettings.HashKey.Cookie(
                cookie.text("name"), cookie.text("path"), cookie.duration("ttl"));
        cookie.refuseOthers("attributes");
        return read;
    }

    private static LoadBalancerSettings.HashAlgorithm algorithm(Fields hash) {
        long oldRingSize = hash.unsigned("minimumRingSize", 0);
        if (oldRingSize != 0) {
            hash.warning(hash.path("minimumRingSize"), "is deprecated; use ringHash: {minimumRingSize: ...}");
            if (hash.has("ringHash") || hash.has("maglev")) {
                hash.error(hash.path("minimumRingSize"), "excludes ringHash and maglev; keep one of them");
            }
        }
        if (hash.has("ringHash") && hash.has("maglev")) {
            hash.error(hash.path("maglev"), "excludes ringHash; keep one of them");
        }
        LoadBalancerSettings.HashAlgorithm ring = hash.objectOrNull("ringHash", ringHash -> {
            long size = ringHash.unsigned("minimumRingSize", DEFAULT_RING_SIZE);
            ringHash.refuseOthers();
            return new LoadBalancerSettings.HashAlgorithm.RingHash(size);
        });
        LoadBalancerSettings.HashAlgorithm maglev = hash.objectOrNull("maglev", table -> {
            long size = table.unsigned("tableSize", DEFAULT_TABLE_SIZE);
            table.refuseOthers();
            return new LoadBalancerSettings.HashAlgorithm.Maglev(size);
        });
        return first(
                maglev,
                ring,
                new LoadBalancerSettings.HashAlgorithm.RingHash(oldRingSize == 0 ? DEFAULT_RING_SIZE : oldRingSize));
    }

    private static LoadBalancerSettings.HashAlgorithm first(
            LoadBalancerSettings.@Nullable HashAlgorithm one,
            LoadBalancerSettings.@Nullable HashAlgorithm two,
            LoadBalancerSettings.HashAlgorithm otherwise) {
        if (one != null) {
            return one;
        }
        return two != null ? two : otherwise;
    }

    private static LocalitySettings locality(Fields settings) {
        List<LocalitySettings.Distribute> distribute = new ArrayList<>();
        for (Fields item : settings.objects("distribute")) {
            distribute.add(new LocalitySettings.Distribute(item.text("from"), item.numberMap("to")));
            item.refuseOthers();
        }
        List<LocalitySettings.Failover> failover = new ArrayList<>();
        for (Fields item : settings.objects("failover")) {
            failover.add(new LocalitySettings.Failover(item.text("from"), item.text("to")));
            item.refuseOthers();
        }
        LocalitySettings read = new LocalitySettings(
                settings.flagOrNull("enabled"), distribute, failover, settings.texts("failoverPriority"));
        settings.refuseOthers();
        return read;
    }
}
