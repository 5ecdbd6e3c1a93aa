@NullMarked
package io.signalbox.configservice.identity.kubernetes;

import org.jspecify.annotations.NullMarked;
