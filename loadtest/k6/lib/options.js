// k6's options as all scripts have them: arrival-rate scenarios, thresholds that fail the run (exit code 99).
import { number } from './settings.js';
import { endpointsOf, hosts } from './topology.js';

const TREND_STATS = ['avg', 'min', 'med', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'max', 'count'];

// A threshold is the only way to have a tagged part of a metric in the summary; this one always holds.
const ALWAYS = ['count>=0'];

/** A constant number of iterations a second, whatever the answers take. */
export function constant({ rate, seconds, maxVus }, more = {}) {
  return {
    executor: 'constant-arrival-rate',
    rate: Math.max(1, Math.round(rate)),
    timeUnit: '1s',
    duration: `${seconds}s`,
    preAllocatedVUs: vus(rate, maxVus),
    maxVUs: maxVus,
    gracefulStop: '15s',
    ...more,
  };
}

/** A number of iterations a second that goes from target to target; stages: [rate, seconds]... */
export function ramping({ startRate, stages, maxVus }, more = {}) {
  const peak = Math.max(...stages.map(([rate]) => rate));
  return {
    executor: 'ramping-arrival-rate',
    startRate: Math.max(1, Math.round(startRate)),
    timeUnit: '1s',
    stages: stages.map(([rate, seconds]) => ({ target: Math.round(rate), duration: `${seconds}s` })),
    preAllocatedVUs: vus(peak, maxVus),
    maxVUs: maxVus,
    gracefulStop: '15s',
    ...more,
  };
}

// Enough for 500 ms an iteration: while k6 makes one more VU, it drops the iteration that needed it.
const vus = (rate, maxVus) => Math.min(maxVus, Math.max(10, Math.ceil(rate / 2)));

const WARM_UP = 'warm_up';

/**
 * Thresholds of the iterations that k6 could not start in time, by scenario. They are load that was never made: with many
 * of them the latencies would flatter.
 */
function dropped(scenarios) {
  const percent = number('LOAD_MAX_DROPPED_PERCENT', 1);
  return Object.fromEntries(Object.entries(scenarios)
    .filter(([name]) => !name.startsWith(WARM_UP))
    .map(([name, scenario]) =>
      [`dropped_iterations{scenario:${name}}`, [`count<=${Math.floor((planned(scenario) * percent) / 100)}`]]));
}

/** Iterations that a scenario is to start. */
function planned({ rate, duration, startRate, stages }) {
  if (stages === undefined) {
    return rate * parseFloat(duration);
  }
  return stages.reduce(({ from, sum }, stage) => (
    { from: stage.target, sum: sum + ((from + stage.target) / 2) * parseFloat(stage.duration) }
  ), { from: startRate, sum: 0 }).sum;
}

/**
 * The options of a script.
 *
 * @param {object} scenarios by name; those whose name begins with warm_up need not keep their rate
 * @param {object[]} routes whose answers are counted by endpoint
 * @param {object} thresholds more of this script
 */
export function options(scenarios, routes, thresholds = {}) {
  const counted = {};
  for (const route of routes) {
    counted[`failures{route:${route.name}}`] = ALWAYS;
    counted[`answers{route:${route.name}}`] = ['count>0'];
    counted[`latency{route:${route.name}}`] = ['max>=0'];
    for (const endpoint of endpointsOf(route)) {
      counted[`answers{route:${route.name},endpoint:${endpoint}}`] = ALWAYS;
    }
  }
  return {
    hosts: hosts(),
    scenarios,
    summaryTrendStats: TREND_STATS,
    // As clients do that reuse their connections: those of a VU live through the run.
    noVUConnectionReuse: false,
    thresholds: {
      checks: ['rate==1'],
      failures: ['count==0'],
      answers: ['count>0'],
      ...dropped(scenarios),
      ...counted,
      ...thresholds,
    },
  };
}

/** The thresholds of a scenario's latency. */
export function latencyOf(scenario, { p95Millis, p99Millis }) {
  return { [`latency{scenario:${scenario}}`]: [`p(95)<${p95Millis}`, `p(99)<${p99Millis}`] };
}
