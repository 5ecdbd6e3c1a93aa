// Calls of the test service of echo.proto, over HTTP/2 in clear text; one connection per VU and service. Their latency is
// taken by k6's clock, which knows whole milliseconds only.
import encoding from 'k6/encoding';
import grpc from 'k6/net/grpc';
import { count } from './metrics.js';
import { authority } from './topology.js';

const SERVICE = 'signalbox.loadtest.v1.EchoService';
const TIMEOUT = '10s';

// k6 wants its clients made before the run begins; paths count from the script that is run.
const definitions = () => {
  const client = new grpc.Client();
  client.load(['../src/main/proto'], 'signalbox/loadtest/v1/echo.proto');
  return client;
};

/** Makes the clients of these services, while the script is loaded. */
export function clients(serviceNames) {
  const byService = new Map(serviceNames.map((name) => [name, { client: definitions(), connected: false }]));
  return (name) => {
    const entry = byService.get(name);
    if (!entry.connected) {
      entry.client.connect(authority(name), { plaintext: true, timeout: TIMEOUT });
      entry.connected = true;
    }
    return entry.client;
  };
}

/** Content of that many bytes, as gRPC's JSON has it. */
export function payload(bytes) {
  return encoding.b64encode('x'.repeat(bytes));
}

const parameters = (route) => ({
  metadata: route.headers ?? {},
  tags: { name: route.name, route: route.name },
  timeout: TIMEOUT,
});

const header = (response, name) => response.headers?.[name]?.[0];

/** One request, one response. */
export function unary(client, route, request = {}, tags = {}) {
  const begun = Date.now();
  let response;
  try {
    response = client.invoke(`${SERVICE}/Unary`, request, parameters(route));
  } catch (thrown) {
    count(route, undefined, Date.now() - begun, { [`no exception: ${thrown}`]: false });
    return;
  }
  const conditions = { 'status is OK': response.status === grpc.StatusOK };
  if (route.rule) {
    conditions['the rule of the route answered'] = header(response, 'x-route') === route.rule;
  }
  if (request.payload !== undefined) {
    conditions['the payload came back'] = response.message?.payload === request.payload;
  }
  count(route, response.message?.endpoint, Date.now() - begun, conditions, tags);
}

/**
 * A stream: sends the requests, ends its half, and counts one answer when the other half has ended. All its messages must
 * come from one endpoint, since a stream is one request.
 *
 * @param {string} method ServerStream, ClientStream or Bidi
 * @param {object[]} requests to send
 * @param {number} expected number of messages that must come back
 */
export function stream(client, route, method, requests, expected) {
  const begun = Date.now();
  const endpoints = new Set();
  let messages = 0;
  let error;
  let ended = false;
  const finish = () => {
    if (ended) {
      return;
    }
    ended = true;
    const conditions = {
      'status is OK': error === undefined,
      'all messages came': messages === expected,
      'one endpoint answered the stream': endpoints.size === 1,
    };
    count(route, [...endpoints][0], Date.now() - begun, conditions);
  };
  const opened = new grpc.Stream(client, `${SERVICE}/${method}`, parameters(route));
  opened.on('data', (message) => {
    messages++;
    endpoints.add(message.endpoint);
  });
  opened.on('error', (failure) => {
    error = failure;
    finish();
  });
  opened.on('end', finish);
  requests.forEach((request) => opened.write(request));
  opened.end();
}
