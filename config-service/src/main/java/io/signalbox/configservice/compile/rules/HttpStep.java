package io.signalbox.configservice.compile.rules;

import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.VirtualService;

/**
 * A rule for HTTP after delegation.
 *
 * @param rule the rule, which delegates no more
 * @param owner the VirtualService that it stands in
 * @param index in the list of that one, from 0
 */
record HttpStep(VirtualService.HttpRule rule, ObjectRef owner, int index) {}
