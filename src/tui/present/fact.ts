// What is known of something, a fact a line: a label, and what is so.
import { age } from './units.js';

export interface Fact {
  /** empty for a line that goes on with the one above */
  readonly label: string;
  readonly value: string;
}

export const many = (label: string, values: readonly string[]): readonly Fact[] =>
  values.map((value, i) => ({ label: i === 0 ? label : '', value }));

export const maybe = (label: string, value: string | undefined): readonly Fact[] =>
  value === undefined || value === '' ? [] : [{ label, value }];

/** "30d ago, 2026-10-22 14:05 UTC" */
export function whenWords(created: string | undefined, now: number): string {
  const at = Date.parse(created ?? '');
  return Number.isNaN(at)
    ? 'not known when'
    : `${age(now - at)} ago, ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export const pairs = (of: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(of).map(([key, value]) => (value === '' ? key : `${key}=${value}`));
