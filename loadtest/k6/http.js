// HTTP/1.1 at a constant rate: small answers, bodies there and back, larger answers.
//
// LOAD_RATE_PER_SECOND (300)  requests a second, all routes together
// LOAD_SECONDS (30)           length of the measured part
// LOAD_WARM_UP_SECONDS (10)   from nothing up to the rate, beforehand; counts for failures, not for latency
// LOAD_P95_MILLIS (100), LOAD_P99_MILLIS (500)  thresholds of the measured part
// LOAD_BODY_BYTES (1000)      body of a POST
// LOAD_ANSWER_BYTES (10000)   body of a large answer
// LOAD_MAX_DROPPED_PERCENT (1) of iterations after the warm-up that k6 may fail to start in time
// LOAD_MAX_VUS (as many as the rate, at least 100)
import { send } from './lib/http.js';
import { constant, latencyOf, options as common, ramping } from './lib/options.js';
import { common as settings, number } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { routeTo } from './lib/topology.js';

const load = settings();
const bodyBytes = number('LOAD_BODY_BYTES', 1000, 1);
const answerBytes = number('LOAD_ANSWER_BYTES', 10000, 1);

const routes = [
  routeTo('get', 'catalog'),
  routeTo('post', 'catalog', { method: 'POST', path: '/echo', body: 'x'.repeat(bodyBytes), bytes: bodyBytes }),
  routeTo('download', 'catalog', { path: `/source?bytes=${answerBytes}`, bytes: answerBytes }),
  routeTo('no-content', 'catalog', { path: '/status?code=204', status: 204 }),
];

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
  send(routes[next++ % routes.length]);
}

export const handleSummary = summary('http', routes);
