// What templates can call: the functions of Go's text/template, and those that Docker adds to them. Pure.
// Source: https://pkg.go.dev/text/template#hdr-Functions, https://docs.docker.com/engine/cli/formatting/
import { format } from './printf.js';
import { isTrue, lengthOf, shown } from './values.js';

/** Throws an Error whose message says what is wrong with the values. */
export type TemplateFunction = (...values: readonly unknown[]) => unknown;

/** How each value becomes JSON; given by who fills the template, because it has to be harmless in a terminal. */
export type ToJson = (value: unknown) => string;

export function functionsWith(toJson: ToJson): ReadonlyMap<string, TemplateFunction> {
  return new Map<string, TemplateFunction>([
    ...LOGIC,
    ...VALUES,
    ...TEXT,
    ['json', one('json', (value) => toJson(value ?? null))],
    ['print', (...values) => joined(values, toJson)],
    ['println', (...values) => `${values.map((value) => shown(value, toJson)).join(' ')}\n`],
    ['printf', (pattern, ...values) => format(text('printf', pattern), values, toJson)],
  ]);
}

const LOGIC: readonly (readonly [string, TemplateFunction])[] = [
  ['and', (...values) => (values.every(isTrue) ? values.at(-1) : values.find((value) => !isTrue(value)))],
  ['or', (...values) => values.find(isTrue) ?? values.at(-1)],
  ['not', one('not', (value) => !isTrue(value))],
  ['eq', (first, ...others) => atLeastOne('eq', others).some((other) => other === first)],
  ['ne', two('ne', (a, b) => a !== b)],
  ['lt', two('lt', (a, b) => compare('lt', a, b) < 0)],
  ['le', two('le', (a, b) => compare('le', a, b) <= 0)],
  ['gt', two('gt', (a, b) => compare('gt', a, b) > 0)],
  ['ge', two('ge', (a, b) => compare('ge', a, b) >= 0)],
];

const VALUES: readonly (readonly [string, TemplateFunction])[] = [
  ['len', one('len', (value) => lengthOf(value))],
  ['index', (value, ...keys) => keys.reduce((at, key) => indexed(at, key), value)],
  ['slice', (value, from = 0, to?: unknown) => sliced(value, from, to)],
];

const TEXT: readonly (readonly [string, TemplateFunction])[] = [
  ['lower', one('lower', (value) => text('lower', value).toLowerCase())],
  ['upper', one('upper', (value) => text('upper', value).toUpperCase())],
  [
    'title',
    one('title', (value) => text('title', value).replace(/(?<![\p{L}\p{Nd}_'])\p{Ll}/gu, (at) => at.toUpperCase())),
  ],
  ['split', two('split', (value, by) => text('split', value).split(text('split', by)))],
  [
    'join',
    two('join', (values, by) =>
      list('join', values)
        .map((value) => shown(value))
        .join(text('join', by)),
    ),
  ],
  [
    'pad',
    (value, before, after) => {
      const padded = text('pad', value);
      return padded === '' ? '' : ' '.repeat(count('pad', before)) + padded + ' '.repeat(count('pad', after));
    },
  ],
  ['truncate', two('truncate', (value, most) => text('truncate', value).slice(0, count('truncate', most)))],
];

function one(name: string, action: (value: unknown) => unknown): TemplateFunction {
  return (...values) => {
    if (values.length !== 1) throw new Error(`${name} takes one value, and has ${values.length}`);
    return action(values[0]);
  };
}

function two(name: string, action: (a: unknown, b: unknown) => unknown): TemplateFunction {
  return (...values) => {
    if (values.length !== 2) throw new Error(`${name} takes two values, and has ${values.length}`);
    return action(values[0], values[1]);
  };
}

function atLeastOne(name: string, values: readonly unknown[]): readonly unknown[] {
  if (values.length === 0) throw new Error(`${name} takes two values or more, and has 1`);
  return values;
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`${name} takes a text, and this is ${kindOf(value)}`);
}

function list(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new Error(`${name} takes a list, and this is ${kindOf(value)}`);
}

/** Nobody pads or cuts by more than a screen has. */
const MOST = 10_000;

function count(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST) return value;
  throw new Error(`${name} takes a number from 0 to ${MOST}, and this is ${shown(value)}`);
}

function compare(name: string, a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  throw new Error(`${name} compares two numbers or two texts, and these are ${kindOf(a)} and ${kindOf(b)}`);
}

function indexed(value: unknown, key: unknown): unknown {
  if (Array.isArray(value)) {
    if (typeof key !== 'number') throw new Error(`index of a list takes a number, and this is ${kindOf(key)}`);
    if (!(key in value)) throw new Error(`index ${key} is not in a list of ${value.length}`);
    return (value as readonly unknown[])[key];
  }
  if (typeof value !== 'object' || value === null)
    throw new Error(`index takes a list or a map, and this is ${kindOf(value)}`);
  if (typeof key !== 'string') throw new Error(`index of a map takes a text, and this is ${kindOf(key)}`);
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function sliced(value: unknown, from: unknown, to: unknown): unknown {
  if (typeof value !== 'string' && !Array.isArray(value))
    throw new Error(`slice takes a list or a text, and this is ${kindOf(value)}`);
  const end = to ?? value.length;
  const isWithin = (at: unknown): at is number =>
    Number.isInteger(at) && (at as number) >= 0 && (at as number) <= value.length;
  if (!isWithin(from) || !isWithin(end) || from > end)
    throw new Error(`slice from ${shown(from)} to ${shown(end)} is not in ${value.length}`);
  return value.slice(from, end) as unknown;
}

/** "a text", "a number", "a list", "a map", "nothing" */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return { string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'a map';
}

function joined(values: readonly unknown[], toJson: ToJson): string {
  // Go's fmt.Print: a space between two of which neither is a text.
  return values.reduce<string>((before, value, index) => {
    const isApart = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
    return `${before}${isApart ? ' ' : ''}${shown(value, toJson)}`;
  }, '');
}
