// Values as templates see them: what is true, how long, and how each is written. Pure.

/** Go's: what is empty, zero or nothing is false. */
export function isTrue(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return lengthOf(value) > 0;
  return Boolean(value);
}

/** @throws Error for what has no length */
export function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new Error('len takes a text, a list or a map');
}

/** As Go writes it, "[a b]" for a list; what has fields, which Go would write without their names, as JSON. */
export function shown(value: unknown, toJson: (value: unknown) => string = JSON.stringify): string {
  if (value === undefined || value === null) return '<no value>';
  if (typeof value !== 'object') return `${value as string | number | boolean}`;
  const isPlain = Array.isArray(value) && value.every((each) => typeof each !== 'object');
  return isPlain ? `[${value.map((each) => shown(each)).join(' ')}]` : toJson(value);
}
