package io.signalbox.configservice.explain;

/** A what-if registry could not be compiled in time. The message says why, for a person. */
public final class WhatIfException extends Exception {
    private static final long serialVersionUID = 1L;

    WhatIfException(String message) {
        super(message);
    }
}
