/**
 * An API server, as a program of its own or inside another: fabric8's mock in CRUD mode, which keeps objects, answers
 * lists and watches, and beside it what clients of a real one need: discovery, and reviews of tokens. Objects also come
 * in by a Unix domain socket, so that whoever plays the controllers need not be in its network. Imports nothing of this
 * module.
 */
@NullMarked
package io.signalbox.loadtest.apiserver;

import org.jspecify.annotations.NullMarked;
