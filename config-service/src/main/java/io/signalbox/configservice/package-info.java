/** The config service program. */
@NullMarked
package io.signalbox.configservice;

import org.jspecify.annotations.NullMarked;
