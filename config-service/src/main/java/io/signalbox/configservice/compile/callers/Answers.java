package io.signalbox.configservice.compile.callers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What different callers get, without what a more general answer says already. */
public final class Answers {
    private Answers() {}

    /**
     * Asks for each of the callers and keeps the answers that differ from what the caller would find otherwise.
     *
     * @param callers the general before the particular
     * @param answer null: nothing
     * @return by caller, in the order given; null for callers from whom a more general answer must be hidden
     */
    public static <T> Map<Caller, @Nullable T> of(List<Caller> callers, Function<Caller, @Nullable T> answer) {
        Map<Caller, @Nullable T> all = new LinkedHashMap<>();
        Map<Caller, @Nullable T> kept = new LinkedHashMap<>();
        for (Caller caller : callers) {
            T own = answer.apply(caller);
            all.put(caller, own);
            Caller general = caller.general();
            T otherwise = general == null ? null : all.get(general);
            if (!Objects.equals(own, otherwise)) {
                kept.put(caller, own);
            }
        }
        return kept;
    }
}
