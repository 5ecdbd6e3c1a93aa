package io.signalbox.configservice.source;

import io.signalbox.configservice.registry.Declared;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import java.util.List;

/** What a registry source says of one object. */
public sealed interface Declaration {
    /** The object that is declared. */
    ObjectRef ref();

    /** Where it stands. */
    Provenance provenance();

    /** Which version of the declaration it is, as the API server counts; 0: unknown. */
    long generation();

    /**
     * The object could be read; whether it makes sense is another question.
     *
     * @param warnings what of it was not read
     */
    record Parsed(Declared declared, List<Problem> warnings) implements Declaration {
        public Parsed {
            warnings = List.copyOf(warnings);
        }

        @Override
        public ObjectRef ref() {
            return declared.object().ref();
        }

        @Override
        public Provenance provenance() {
            return declared.provenance();
        }

        @Override
        public long generation() {
            return declared.object().metadata().generation();
        }
    }

    /**
     * The object is named but has a field of the wrong shape.
     *
     * @param generation which version of the declaration it is; 0: unknown
     * @param problems at least one error
     */
    record Malformed(ObjectRef ref, Provenance provenance, long generation, List<Problem> problems)
            implements Declaration {
        public Malformed {
            problems = List.copyOf(problems);
        }
    }
}
