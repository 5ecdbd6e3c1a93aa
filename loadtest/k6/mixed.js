// All routes of the topology at once, HTTP/1.1 and gRPC (HTTP/2), by paths, headers, methods and weights: every answer must
// come from the rule and the service that its route names. loadtest/bin/k6 checks the weights afterwards.
//
// LOAD_RATE_PER_SECOND (300)  requests and calls a second, all routes together
// LOAD_SECONDS (30), LOAD_WARM_UP_SECONDS (10)
// LOAD_P95_MILLIS (100), LOAD_P99_MILLIS (500)  thresholds after the warm-up
// LOAD_MAX_DROPPED_PERCENT (1) of iterations after the warm-up that k6 may fail to start in time
// LOAD_MAX_VUS (as many as the rate, at least 100)
import { clients, unary } from './lib/grpc.js';
import { send } from './lib/http.js';
import { constant, latencyOf, options as common, ramping } from './lib/options.js';
import { common as settings } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { routes as routesOf } from './lib/topology.js';

const load = settings();
const routes = routesOf();
const client = clients([...new Set(routesOf('grpc').map((route) => route.service))]);

export const options = common(
  {
    warm_up: ramping({ startRate: 1, stages: [[load.rate, load.warmUpSeconds]], maxVus: load.maxVus }),
    load: constant(load, { startTime: `${load.warmUpSeconds}s` }),
  },
  routes,
  latencyOf('load', load),
);

let next = 0;

export default function () {
  const route = routes[next++ % routes.length];
  if (route.protocol === 'grpc') {
    unary(client(route.service), route);
  } else {
    send(route);
  }
}

export const handleSummary = summary('mixed', routes);
