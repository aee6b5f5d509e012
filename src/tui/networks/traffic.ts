// What goes over an interface of a container, as it was measured last, and so what goes over a network. Pure.
import type { InterfaceSample } from '../../metrics/index.js';
import type { Endpoint } from '../../engine/index.js';

/** Bytes a second; undefined where it is not measured. */
export interface Traffic {
  readonly received: number | undefined;
  readonly sent: number | undefined;
}

interface Interfaces {
  interfaces(id: string): readonly InterfaceSample[];
}

const known = (value: number | undefined): number | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : value;

export const interfaceOf = (
  readings: Interfaces,
  { container, interfaceName }: Endpoint,
): InterfaceSample | undefined => readings.interfaces(container).find(({ name }) => name === interfaceName);

export function trafficOf(readings: Interfaces, endpoint: Endpoint): Traffic {
  const rates = interfaceOf(readings, endpoint)?.rates;
  return { received: known(rates?.rxBytes), sent: known(rates?.txBytes) };
}

/** Of all who are on a network; of those who are not measured nothing is added. */
export function sumOf(readings: Interfaces, endpoints: readonly Endpoint[]): Traffic {
  const add = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined ? b : b === undefined ? a : a + b;
  return endpoints
    .map((endpoint) => trafficOf(readings, endpoint))
    .reduce((sum, { received, sent }) => ({ received: add(sum.received, received), sent: add(sum.sent, sent) }), {
      received: undefined,
      sent: undefined,
    });
}
