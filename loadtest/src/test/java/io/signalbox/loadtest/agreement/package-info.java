/**
 * What explain says and what traffic does, compared: generated registries, each asked of explain and tried on real
 * sockets. Start reading at {@code AgreementIT}.
 */
@NullMarked
package io.signalbox.loadtest.agreement;

import org.jspecify.annotations.NullMarked;
