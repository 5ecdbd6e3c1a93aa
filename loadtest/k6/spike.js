// A rate, ten times the rate for some seconds, and the rate again. Nothing may fail at any time, and afterwards latency must
// be what it should be.
//
// LOAD_RATE_PER_SECOND (100)  before and after, HTTP and gRPC in turn
// LOAD_SPIKE_FACTOR (10)      the spike's rate is so many times that
// LOAD_SECONDS (10)           length of the spike, without one second each to get there and back
// LOAD_WARM_UP_SECONDS (10)   from nothing up to the rate, beforehand
// LOAD_BEFORE_SECONDS (5)     length of the part before the spike
// LOAD_AFTER_SECONDS (15)     length of the part after it, which begins a second after the rate is back
// LOAD_P95_MILLIS (100), LOAD_P99_MILLIS (500)  thresholds of the part after
// LOAD_SPIKE_P95_MILLIS (1000) threshold of the spike
// LOAD_MAX_DROPPED_PERCENT (1) of iterations after the warm-up that k6 may fail to start in time, in each part
// LOAD_MAX_VUS (as many as the spike's rate)
import { clients, unary } from './lib/grpc.js';
import { send } from './lib/http.js';
import { constant, latencyOf, options as common, ramping } from './lib/options.js';
import { common as settings, number } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { routeTo } from './lib/topology.js';

const factor = number('LOAD_SPIKE_FACTOR', 10, 1);
const load = settings({ rate: 100, seconds: 10, maxVusPerRate: factor });
const beforeSeconds = number('LOAD_BEFORE_SECONDS', 5, 1);
const afterSeconds = number('LOAD_AFTER_SECONDS', 15, 1);
const spikeP95 = number('LOAD_SPIKE_P95_MILLIS', 1000);
const client = clients(['orders']);
const get = routeTo('get', 'catalog');
const call = routeTo('unary', 'orders');
const routes = [get, call];
const peak = load.rate * factor;
const { rate, maxVus } = load;
const spikeStart = load.warmUpSeconds + beforeSeconds;
const spikeEnd = spikeStart + load.seconds + 2;

export const options = common(
  {
    warm_up: ramping({ startRate: 1, stages: [[rate, load.warmUpSeconds]], maxVus }),
    before: constant({ rate, seconds: beforeSeconds, maxVus }, { startTime: `${load.warmUpSeconds}s` }),
    spike: ramping(
      { startRate: rate, stages: [[peak, 1], [peak, load.seconds], [rate, 1]], maxVus },
      { startTime: `${spikeStart}s` },
    ),
    settling: constant({ rate, seconds: 1, maxVus }, { startTime: `${spikeEnd}s` }),
    after: constant({ rate, seconds: afterSeconds, maxVus }, { startTime: `${spikeEnd + 1}s` }),
  },
  routes,
  {
    'latency{scenario:before}': ['max>=0'],
    'latency{scenario:spike}': [`p(95)<${spikeP95}`],
    ...latencyOf('after', load),
  },
);

let next = 0;

export default function () {
  if (next++ % 2 === 0) {
    send(get);
  } else {
    unary(client('orders'), call);
  }
}

export const handleSummary = summary('spike', routes);
