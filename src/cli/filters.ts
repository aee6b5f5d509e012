// --filter NAME=VALUE. Filters with the same name are alternatives, different names must all hold: Docker's rule. Pure.
import { TscontainError } from '../engine/index.js';

export type Test<T> = (item: T) => boolean;

/** By its name, what a filter makes of a value. */
export type Filters<T> = Readonly<Record<string, (value: string) => Test<T>>>;

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
  return (item) => [...byName.values()].every((tests) => tests.some((test) => test(item)));
}

/** "NAME" or "NAME=VALUE", of labels or what looks like them. */
export function labelled(value: string): Test<Readonly<Record<string, string>>> {
  const [name = '', wanted] = value.split(/=(.*)/s);
  return (labels) => Object.hasOwn(labels, name) && (wanted === undefined || labels[name] === wanted);
}
