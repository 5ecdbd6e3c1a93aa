/** Tests of the table of workloads. */
@NullMarked
package io.signalbox.loadtest.bench;

import org.jspecify.annotations.NullMarked;
