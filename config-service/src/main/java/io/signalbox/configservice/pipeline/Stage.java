package io.signalbox.configservice.pipeline;

/** A step of the pipeline, in order. */
public enum Stage {
    READ,
    VALIDATE,
    COMPILE,
    PUBLISH
}
