// Settings come from environment variables (or `k6 run -e NAME=VALUE`); the unit is the end of the name.

/** What was set or taken by default, by name: the summary shows it. */
export const used = {};

/** A number above or equal to `least`; anything else ends the run before it begins. */
export function number(name, byDefault, least = 0) {
  const text = __ENV[name];
  const value = text === undefined || text === '' ? byDefault : Number(text);
  if (!Number.isFinite(value) || value < least) {
    throw new Error(`${name}: ${text} (expected: a number, at least ${least})`);
  }
  used[name] = value;
  return value;
}

/**
 * The settings that all scripts share.
 *
 * @param {{rate?: number, seconds?: number, warmUp?: number, p95?: number, p99?: number, maxVusPerRate?: number}}
 *     defaults of this script
 */
export function common(defaults = {}) {
  const rate = number('LOAD_RATE_PER_SECOND', defaults.rate ?? 300, 1);
  return {
    rate,
    seconds: number('LOAD_SECONDS', defaults.seconds ?? 30, 1),
    warmUpSeconds: number('LOAD_WARM_UP_SECONDS', defaults.warmUp ?? 10),
    p95Millis: number('LOAD_P95_MILLIS', defaults.p95 ?? 100),
    p99Millis: number('LOAD_P99_MILLIS', defaults.p99 ?? 500),
    maxVus: number('LOAD_MAX_VUS', Math.max(100, rate * (defaults.maxVusPerRate ?? 1)), 1),
  };
}
