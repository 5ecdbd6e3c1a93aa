/** What tests share: builders with defaults, a clock that tests move, an agent that speaks the contract. */
@NullMarked
package io.signalbox.configservice.testkit;

import org.jspecify.annotations.NullMarked;
