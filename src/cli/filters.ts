// --filter NAME=VALUE. Filters with the same name are alternatives, but for labels; different names must all hold: Docker's rule. Pure.
import { parseTime, TscontainError } from '../engine/index.js';

export type Test<T> = (item: T) => boolean;

/** By its name, what a filter makes of a value. */
export type Filters<T> = Readonly<Record<string, (value: string) => Test<T>>>;

/** Of several labels each must be there. */
const TOGETHER: ReadonlySet<string> = new Set(['label']);

/** @throws TscontainError INVALID_VALUE for one that is not known, and what a filter throws about its value */
export function matcher<T>(filters: readonly string[], known: Filters<T>): Test<T> {
  const byName = new Map<string, Test<T>[]>();
  for (const filter of filters) {
    const [name = '', value] = filter.split(/=(.*)/s);
    const make = Object.hasOwn(known, name) ? known[name] : undefined;
    if (value === undefined || make === undefined) {
      throw new TscontainError('INVALID_VALUE', `--filter "${filter}" is not known`, {
        hint: `use name=value with one of ${Object.keys(known).join(', ')}`,
      });
    }
    byName.set(name, [...(byName.get(name) ?? []), make(value)]);
  }
  return (item) =>
    [...byName].every(([name, tests]) =>
      TOGETHER.has(name) ? tests.every((test) => test(item)) : tests.some((test) => test(item)),
    );
}

/**
 * Of the filters of a prune those for labels; `other` is asked about the rest and says whether it knows it.
 * @param hint the filters that there are
 * @throws TscontainError INVALID_VALUE for one that is not known
 */
export function labelFilters(
  filters: readonly string[],
  hint: string,
  other: (name: string, value: string) => boolean,
): { labels: string[]; withoutLabels: string[] } {
  const labels: string[] = [];
  const withoutLabels: string[] = [];
  for (const filter of filters) {
    const [name = '', value = ''] = filter.split(/!?=(.*)/s);
    if (name === 'label') (filter.startsWith('label!=') ? withoutLabels : labels).push(value);
    else if (!other(name, value))
      throw new TscontainError('INVALID_VALUE', `--filter "${filter}" is not known`, { hint });
  }
  return { labels, withoutLabels };
}

/** Of a prune that knows labels and how old a thing is. @throws TscontainError INVALID_VALUE */
export function ageAndLabelFilters(filters: readonly string[]): {
  labels: string[];
  withoutLabels: string[];
  /** ms since the epoch: only those that are older */
  until?: number;
} {
  let until: number | undefined;
  const hint = 'use until=10m (or a date), label=NAME, label=NAME=VALUE or label!=NAME';
  const labels = labelFilters(filters, hint, (name, value) => {
    if (name !== 'until') return false;
    until = parseTime(value, '--filter until', Date.now());
    return true;
  });
  return { ...labels, ...(until === undefined ? {} : { until }) };
}
