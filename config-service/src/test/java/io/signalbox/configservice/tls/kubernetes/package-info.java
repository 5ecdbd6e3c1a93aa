@NullMarked
package io.signalbox.configservice.tls.kubernetes;

import org.jspecify.annotations.NullMarked;
