// Who is where: services, their endpoints' names, and the routes that rules make. `loadtest/bin/k6` writes the file; one
// written by hand for another system serves as well. README.md says what is in it.

const path = __ENV.LOAD_TOPOLOGY;
if (!path) {
  throw new Error('LOAD_TOPOLOGY: not set (expected: path of a topology.json; loadtest/bin/k6 writes one and sets it)');
}
const topology = JSON.parse(open(path));

/** The service of that name: `{host, address, port, endpoints}`. */
export function service(name) {
  const found = topology.services[name];
  if (!found) {
    throw new Error(`${path}: no service ${name} (expected: one of ${Object.keys(topology.services)})`);
  }
  return found;
}

/** `HOST:PORT` of the service of that name. */
export function authority(name) {
  return `${service(name).host}:${service(name).port}`;
}

/** The routes of the file that speak `protocol` (http or grpc), or all. */
export function routes(protocol) {
  const all = Object.entries(topology.routes).map(([name, route]) => ({ name, ...route }));
  return protocol ? all.filter((route) => route.protocol === protocol) : all;
}

/** A route of the script's own that leads to one service. */
export function routeTo(name, serviceName, more = {}) {
  return { name, service: serviceName, weights: { [serviceName]: 100 }, ...more };
}

/** Names of all endpoints that may answer on the route. */
export function endpointsOf(route) {
  return Object.keys(route.weights).flatMap((name) => service(name).endpoints);
}

/** For k6's option `hosts`: it then dials the services' addresses and still sends their names. */
export function hosts() {
  return Object.fromEntries(Object.values(topology.services).map(({ host, address }) => [host, address]));
}
