@NullMarked
package io.signalbox.configservice.identity;

import org.jspecify.annotations.NullMarked;
