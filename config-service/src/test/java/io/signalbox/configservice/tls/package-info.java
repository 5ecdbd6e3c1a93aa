@NullMarked
package io.signalbox.configservice.tls;

import org.jspecify.annotations.NullMarked;
