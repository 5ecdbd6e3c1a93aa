package io.signalbox.agent.routing;

import org.jspecify.annotations.Nullable;

/**
 * What conditions on a request look at. Values are valid until the next call of the same method, so that an
 * implementation can point one object from value to value.
 */
public interface RequestAttributes {
    /** The method, as it is. */
    CharSequence method();

    /** The normalised path, without query and fragment. */
    CharSequence path();

    /** What stands behind the question mark, without fragment; null when there is none. */
    @Nullable
    CharSequence query();

    /** Value of Host or {@code :authority}, as it is: with case and port. */
    CharSequence authority();

    /** The scheme. */
    CharSequence scheme();

    /**
     * A header's value; where the header stands several times, its values joined with a comma.
     *
     * @param lowerCaseName name in lower case
     * @return null when the header is absent
     */
    @Nullable
    CharSequence header(String lowerCaseName);
}
