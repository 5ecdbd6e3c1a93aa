/**
 * Who an agent is: the token that it shows, what the cluster says of it, and what follows.
 *
 * <p>Called by the threads of agents' streams, which it blocks while it asks. Imports nothing of ours but how often the
 * API server may be asked. Start reading at {@link io.signalbox.configservice.identity.TokenAuthentication}.
 */
@NullMarked
package io.signalbox.configservice.identity;

import org.jspecify.annotations.NullMarked;
