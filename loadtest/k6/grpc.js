// gRPC: unary calls and the three kinds of streams, each at a constant rate, one connection per VU.
//
// LOAD_RATE_PER_SECOND (300)  unary calls a second; streams of each kind: a tenth of it
// LOAD_SECONDS (30), LOAD_WARM_UP_SECONDS (10)
// LOAD_P95_MILLIS (100), LOAD_P99_MILLIS (500)  thresholds of unary calls after the warm-up
// LOAD_BODY_BYTES (100)       payload of a message
// LOAD_STREAM_MESSAGES (20)   messages of a stream
// LOAD_MAX_DROPPED_PERCENT (1) of iterations after the warm-up that k6 may fail to start in time
// LOAD_MAX_VUS (as many as the rate, at least 100)
import { clients, payload, stream, unary as call } from './lib/grpc.js';
import { constant, latencyOf, options as common, ramping } from './lib/options.js';
import { common as settings, number } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { routeTo } from './lib/topology.js';

const load = settings();
const bytes = number('LOAD_BODY_BYTES', 100, 1);
const messages = number('LOAD_STREAM_MESSAGES', 20, 1);
const content = payload(bytes);
const client = clients(['orders']);

const unaryRoute = routeTo('unary', 'orders');
const serverStreamRoute = routeTo('server-stream', 'orders');
const clientStreamRoute = routeTo('client-stream', 'orders');
const bidiRoute = routeTo('bidi', 'orders');
const routes = [unaryRoute, serverStreamRoute, clientStreamRoute, bidiRoute];

const streams = (exec) => constant(
  { rate: load.rate / 10, seconds: load.seconds, maxVus: load.maxVus },
  { exec, startTime: `${load.warmUpSeconds}s` },
);

export const options = common(
  {
    warm_up: ramping({ startRate: 1, stages: [[load.rate, load.warmUpSeconds]], maxVus: load.maxVus }, { exec: 'unary' }),
    unary: constant(load, { exec: 'unary', startTime: `${load.warmUpSeconds}s` }),
    server_stream: streams('serverStream'),
    client_stream: streams('clientStream'),
    bidi: streams('bidi'),
  },
  routes,
  latencyOf('unary', load),
);

export function unary() {
  call(client('orders'), unaryRoute, { payload: content });
}

export function serverStream() {
  stream(client('orders'), serverStreamRoute, 'ServerStream', [{ messages, messageBytes: bytes }], messages);
}

export function clientStream() {
  stream(client('orders'), clientStreamRoute, 'ClientStream', Array(messages).fill({ payload: content }), 1);
}

export function bidi() {
  stream(client('orders'), bidiRoute, 'Bidi', Array(messages).fill({ payload: content }), messages);
}

export const handleSummary = summary('grpc', routes);
