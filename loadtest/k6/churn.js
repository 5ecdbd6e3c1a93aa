// Steady HTTP and gRPC while endpoints and registry change: loadtest/bin/k6 adds, replaces and drains backends, rewrites
// rules and restarts the config service meanwhile. No request may fail.
//
// LOAD_RATE_PER_SECOND (300)  HTTP requests a second, and as many calls
// LOAD_SECONDS (30), LOAD_WARM_UP_SECONDS (5)
// LOAD_P95_MILLIS (100), LOAD_P99_MILLIS (500)  thresholds after the warm-up
// LOAD_MAX_DROPPED_PERCENT (1) of iterations after the warm-up that k6 may fail to start in time
// LOAD_MAX_VUS (as many as the rate, at least 100)
import { clients, unary } from './lib/grpc.js';
import { send } from './lib/http.js';
import { constant, latencyOf, options as common } from './lib/options.js';
import { common as settings } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { routeTo } from './lib/topology.js';

const load = settings({ warmUp: 5 });
const client = clients(['orders']);
const http = [
  routeTo('get', 'catalog'),
  routeTo('post', 'catalog', { method: 'POST', path: '/echo', body: 'x'.repeat(1000), bytes: 1000 }),
  // Of a service that stays as it is.
  routeTo('still', 'canary'),
];
const calls = routeTo('unary', 'orders');
const routes = [...http, calls];
const later = `${load.warmUpSeconds}s`;
const warmUp = { rate: load.rate, seconds: load.warmUpSeconds, maxVus: load.maxVus };

export const options = common(
  {
    warm_up_http: constant(warmUp, { exec: 'requests' }),
    warm_up_grpc: constant(warmUp, { exec: 'grpc' }),
    http: constant(load, { exec: 'requests', startTime: later }),
    grpc: constant(load, { exec: 'grpc', startTime: later }),
  },
  routes,
  { ...latencyOf('http', load), ...latencyOf('grpc', load) },
);

let next = 0;

export function requests() {
  send(http[next++ % http.length]);
}

export function grpc() {
  unary(client('orders'), calls);
}

export const handleSummary = summary('churn', routes);
