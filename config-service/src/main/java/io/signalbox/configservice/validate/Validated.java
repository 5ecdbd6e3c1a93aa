package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.RegistryObject;
import java.util.List;

/** What validation says of one object. */
public sealed interface Validated {
    /**
     * The object goes into force.
     *
     * @param warnings what of it does not do what it says
     */
    record Accepted(RegistryObject object, List<Problem> warnings) implements Validated {
        public Accepted {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The object does not go into force; its last good form stays.
     *
     * @param problems at least one error
     */
    record Refused(ObjectRef object, List<Problem> problems) implements Validated {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
