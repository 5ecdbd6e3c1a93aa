// The same moderate load for long, with the latency of every window by itself: what drifts? loadtest/bin/k6 reads the
// agent's memory meanwhile and compares its beginning with its end, and the windows too.
//
// LOAD_RATE_PER_SECOND (200)  HTTP requests a second; calls: half of it
// LOAD_SECONDS (600)          a real soak takes hours: 14400
// LOAD_WINDOWS (10)           at least 5 parts of that time whose latencies are told apart
// LOAD_WARM_UP_SECONDS (20)
// LOAD_P95_MILLIS (100), LOAD_P99_MILLIS (500)  thresholds after the warm-up
// LOAD_MAX_DROPPED_PERCENT (1) of iterations after the warm-up that k6 may fail to start in time
// LOAD_MAX_VUS (as many as the rate, at least 100)
import exec from 'k6/execution';
import { clients, unary } from './lib/grpc.js';
import { send } from './lib/http.js';
import { constant, latencyOf, options as common } from './lib/options.js';
import { common as settings, number } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { routeTo } from './lib/topology.js';

const load = settings({ rate: 200, seconds: 600, warmUp: 20 });
const windows = number('LOAD_WINDOWS', 10, 5);
const client = clients(['orders']);
const get = routeTo('get', 'catalog');
const call = routeTo('unary', 'orders');
const routes = [get, call];
const calls = { ...load, rate: load.rate / 2 };
const later = `${load.warmUpSeconds}s`;
const byWindow = Array.from({ length: windows }, (_, window) => [`latency{window:${window}}`, ['max>=0']]);

export const options = common(
  {
    warm_up_http: constant({ ...load, seconds: load.warmUpSeconds }, { exec: 'requests' }),
    warm_up_grpc: constant({ ...calls, seconds: load.warmUpSeconds }, { exec: 'grpc' }),
    http: constant(load, { exec: 'requests', startTime: later }),
    grpc: constant(calls, { exec: 'grpc', startTime: later }),
  },
  routes,
  { ...latencyOf('http', load), ...latencyOf('grpc', load), ...Object.fromEntries(byWindow) },
);

function tags() {
  const seconds = (Date.now() - exec.scenario.startTime) / 1000;
  return exec.scenario.name.startsWith('warm_up')
    ? {}
    : { window: String(Math.min(windows - 1, Math.floor((seconds / load.seconds) * windows))) };
}

export function requests() {
  send(get, tags());
}

export function grpc() {
  unary(client('orders'), call, {}, tags());
}

export const handleSummary = summary('soak', routes);
