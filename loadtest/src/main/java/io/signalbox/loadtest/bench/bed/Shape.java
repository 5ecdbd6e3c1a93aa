package io.signalbox.loadtest.bench.bed;

/**
 * The size of the traffic.
 *
 * @param connections that the client opens
 * @param streams requests that run on each of them at the same time; 1 in HTTP/1.1
 * @param bytes of each response's body, and of the request's where it has one
 */
public record Shape(int connections, int streams, int bytes) {}
