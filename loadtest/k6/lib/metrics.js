// What every script counts. Tags: `route` on all, `endpoint` on answers, `window` on latency in soak.js.
import { check } from 'k6';
import { Counter, Trend } from 'k6/metrics';
import { endpointsOf } from './topology.js';

const answers = new Counter('answers');
const failures = new Counter('failures');
const latency = new Trend('latency', true);

// One a VU is enough to see why.
let told = false;

/**
 * Counts an exchange of that route: good, if every condition holds and an endpoint of the route answered.
 *
 * @param {{name: string, weights: object}} route that should have answered
 * @param {string | undefined} endpoint that answered; none is right for a route without weights
 * @param {number} millis it took
 * @param {Record<string, boolean>} conditions by what they say
 * @param {object} more tags of the latency
 */
export function count(route, endpoint, millis, conditions, more = {}) {
  const isExpected = Object.keys(route.weights).length === 0 ? endpoint === undefined : mayAnswer(route, endpoint);
  const all = { ...conditions, 'an endpoint of the route answered': isExpected };
  const tests = Object.fromEntries(Object.entries(all).map(([name, holds]) => [name, () => holds]));
  if (check(null, tests, { route: route.name })) {
    answers.add(1, { route: route.name, endpoint: endpoint ?? 'none' });
    latency.add(millis, { route: route.name, ...more });
    return;
  }
  failures.add(1, { route: route.name });
  if (!told) {
    told = true;
    const broken = Object.keys(all).filter((name) => !all[name]);
    console.error(`${route.name}: not true: ${broken.join('; ')} (endpoint ${endpoint}, ${millis} ms)`);
  }
}

const namesByRoute = new Map();

function mayAnswer(route, endpoint) {
  if (!namesByRoute.has(route.name)) {
    namesByRoute.set(route.name, new Set(endpointsOf(route)));
  }
  return namesByRoute.get(route.name).has(endpoint);
}
