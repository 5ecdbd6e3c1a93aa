// What is left of a run: one JSON for programs, one text for people.
import { used } from './settings.js';
import { endpointsOf } from './topology.js';

/**
 * A `handleSummary` for the script: writes summary.json and summary.txt to the directory LOAD_OUT (default: the current
 * one) and the text to standard output.
 *
 * @param {string} script its name
 * @param {object[]} routes whose answers were counted
 */
export function summary(script, routes) {
  return (data) => {
    const result = render(script, routes, data);
    const text = asText(result);
    const directory = __ENV.LOAD_OUT || '.';
    return {
      [`${directory}/summary.json`]: `${JSON.stringify(result, null, 2)}\n`,
      [`${directory}/summary.txt`]: text,
      stdout: `\n${text}`,
    };
  };
}

function render(script, routes, data) {
  const value = (metric, stat) => data.metrics[metric]?.values[stat] ?? 0;
  return {
    script,
    settings: used,
    seconds: data.state.testRunDurationMs / 1000,
    iterations: value('iterations', 'count'),
    dropped: value('dropped_iterations', 'count'),
    answers: value('answers', 'count'),
    failures: value('failures', 'count'),
    checks: { passed: value('checks', 'passes'), failed: value('checks', 'fails') },
    thresholds: thresholds(data),
    routes: Object.fromEntries(routes.map((route) => [route.name, {
      weights: route.weights,
      answers: value(`answers{route:${route.name}}`, 'count'),
      failures: value(`failures{route:${route.name}}`, 'count'),
      endpoints: Object.fromEntries(endpointsOf(route)
        .map((name) => [name, value(`answers{route:${route.name},endpoint:${name}}`, 'count')])),
      millis: millis(data.metrics[`latency{route:${route.name}}`]),
    }])),
    scenarios: tagged(data, 'scenario'),
    windows: tagged(data, 'window'),
  };
}

/** Every threshold that can fail; those that only make a part of a metric visible cannot. */
function thresholds(data) {
  return Object.entries(data.metrics).flatMap(([metric, { thresholds: own }]) => Object.entries(own ?? {})
    .filter(([expression]) => !expression.endsWith('>=0'))
    .map(([expression, { ok }]) => ({ metric, expression, passed: ok })));
}

/** Latency by the values of one tag, in their order. */
function tagged(data, tag) {
  const pattern = new RegExp(`^latency\\{${tag}:([^,}]+)\\}$`);
  return Object.fromEntries(Object.keys(data.metrics)
    .map((name) => [name, pattern.exec(name)?.[1]])
    .filter(([, found]) => found !== undefined)
    .sort(([, a], [, b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([name, found]) => [found, millis(data.metrics[name])]));
}

function millis(metric) {
  const values = metric?.values ?? {};
  const named = { count: 'count', avg: 'avg', p50: 'med', p90: 'p(90)', p95: 'p(95)', p99: 'p(99)', p999: 'p(99.9)', max: 'max' };
  return Object.fromEntries(Object.entries(named).map(([name, stat]) => [name, round(values[stat] ?? 0)]));
}

const round = (value) => Math.round(value * 1000) / 1000;

function asText(result) {
  const lines = [
    `${result.script}: ${result.answers} answers, ${result.failures} failures, ${result.dropped} iterations dropped, `
      + `${result.seconds.toFixed(1)} s (${(result.answers / result.seconds).toFixed(0)}/s)`,
    '',
    row('ROUTE', 'ANSWERS', 'FAILED', 'P50 ms', 'P95 ms', 'P99 ms', 'MAX ms'),
    ...Object.entries(result.routes).map(([name, { answers, failures, millis: m }]) =>
      row(name, answers, failures, m.p50.toFixed(1), m.p95.toFixed(1), m.p99.toFixed(1), m.max.toFixed(1))),
  ];
  for (const part of ['scenarios', 'windows']) {
    const rows = Object.entries(result[part]);
    if (rows.length > 0) {
      lines.push('', row(part.toUpperCase(), 'ANSWERS', '', 'P50 ms', 'P95 ms', 'P99 ms', 'MAX ms'));
      rows.forEach(([name, m]) =>
        lines.push(row(name, m.count, '', m.p50.toFixed(1), m.p95.toFixed(1), m.p99.toFixed(1), m.max.toFixed(1))));
    }
  }
  lines.push('', 'ENDPOINTS');
  for (const [name, { endpoints }] of Object.entries(result.routes)) {
    const counts = Object.entries(endpoints).filter(([, count]) => count > 0);
    if (counts.length > 0) {
      lines.push(`  ${name.padEnd(18)}${counts.map(([endpoint, count]) => `${endpoint} ${count}`).join('   ')}`);
    }
  }
  lines.push('', 'THRESHOLDS');
  result.thresholds.forEach(({ metric, expression, passed }) =>
    lines.push(`  ${passed ? 'held   ' : 'CROSSED'}  ${metric} ${expression}`));
  return `${lines.join('\n')}\n`;
}

const row = (name, ...cells) => `  ${String(name).padEnd(18)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
