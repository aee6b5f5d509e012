// --filter: which of several must hold.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labelFilters, matcher, type Filters } from '../../../src/cli/filters.js';
import { refusal } from '../../support/refusal.js';

interface Thing {
  readonly name: string;
  readonly labels: readonly string[];
}

const KNOWN: Filters<Thing> = {
  name: (value) => (thing) => thing.name === value,
  label: (value) => (thing) => thing.labels.includes(value),
};
const THINGS: readonly Thing[] = [
  { name: 'web', labels: ['tier', 'public'] },
  { name: 'db', labels: ['tier'] },
  { name: 'cache', labels: [] },
];
const left = (...filters: string[]) => THINGS.filter(matcher(filters, KNOWN)).map(({ name }) => name);

describe('filters', () => {
  it('of one name are alternatives, of different names must all hold', () => {
    assert.deepEqual(left(), ['web', 'db', 'cache']);
    assert.deepEqual(left('name=web', 'name=cache'), ['web', 'cache']);
    assert.deepEqual(left('name=web', 'name=db', 'label=public'), ['web']);
    assert.deepEqual(left('name=cache', 'label=tier'), []);
  });

  it('for labels must all hold', () => {
    assert.deepEqual(left('label=tier'), ['web', 'db']);
    assert.deepEqual(left('label=tier', 'label=public'), ['web']);
  });

  it('that are not known are said with those that are', () => {
    for (const filter of ['colour=red', 'name', 'constructor=x'])
      assert.throws(() => left(filter), refusal('INVALID_VALUE', new RegExp(`"${filter}" is not known`)));
  });

  it('of a prune are labels that must be there and labels that must not', () => {
    const none = () => false;
    assert.deepEqual(labelFilters(['label=a', 'label!=b=c'], 'use label', none), {
      labels: ['a'],
      withoutLabels: ['b=c'],
    });
    assert.throws(() => labelFilters(['until=1h'], 'use label', none), refusal('INVALID_VALUE', /until=1h/));
  });
});
