package io.signalbox.configservice.registry;

/**
 * An object and where it stands.
 *
 * @param object the object
 * @param provenance where it stands
 */
public record Declared(RegistryObject object, Provenance provenance) {}
