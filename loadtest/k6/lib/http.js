// Requests over HTTP/1.1. k6 speaks HTTP/2 over TLS only, and the agent takes it in clear text: gRPC covers HTTP/2.
import http from 'k6/http';
import { count } from './metrics.js';
import { authority } from './topology.js';

/**
 * Sends a request by that route and counts it.
 *
 * @param {object} route name, service, weights; path (default /), method (GET), body, headers, status (200);
 *     rule: what the answer's x-route must be; seenTarget: what path the endpoint must have seen; bytes: of the
 *     answer's body
 * @param {object} tags more of the latency
 */
export function send(route, tags = {}) {
  const response = http.request(
    route.method ?? 'GET',
    `http://${authority(route.service)}${route.path ?? '/'}`,
    route.body ?? null,
    {
      headers: route.headers ?? {},
      redirects: 0,
      timeout: '10s',
      responseType: route.bytes === undefined ? 'text' : 'binary',
      // Without a name every URL would be a time series of its own.
      tags: { name: route.name, route: route.name },
      responseCallback: http.expectedStatuses(route.status ?? 200),
    },
  );
  const conditions = { 'status is the expected one': response.status === (route.status ?? 200) };
  if (route.rule) {
    conditions['the rule of the route answered'] = response.headers['X-Route'] === route.rule;
  }
  if (route.seenTarget) {
    conditions['the endpoint saw the rewritten path'] = response.headers['X-Seen-Target'] === route.seenTarget;
  }
  if (route.bytes !== undefined) {
    conditions['the body is whole'] = response.body?.byteLength === route.bytes;
  }
  count(route, response.headers['X-Endpoint'], response.timings.duration, conditions, tags);
}
