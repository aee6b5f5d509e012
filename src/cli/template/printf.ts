// Go's printf, as far as templates have use for it. Pure. Source: https://pkg.go.dev/fmt
import { shown } from './values.js';

const VERB = /%(?:%|([-0+]*)(\d*)(?:\.(\d+))?([a-zA-Z]))/g;
/** Nobody pads by more than a screen has. */
const MOST_WIDTH = 10_000;

/** @throws Error for a verb that there is none of, and for values that are missing or too many */
export function format(pattern: string, values: readonly unknown[], toJson: (value: unknown) => string): string {
  let next = 0;
  const filled = pattern.replace(
    VERB,
    (whole, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (whole === '%%') return '%';
      if (next === values.length) throw new Error(`printf has no value for ${whole}`);
      const text = written(verb, values[next++], precision === undefined ? undefined : Number(precision), toJson);
      const size = Math.min(Number(width), MOST_WIDTH);
      if (flags.includes('-')) return text.padEnd(size);
      const isNumber = 'dfx'.includes(verb);
      const signed = flags.includes('+') && isNumber && !text.startsWith('-') ? `+${text}` : text;
      return flags.includes('0') && isNumber ? signed.padStart(size, '0') : signed.padStart(size);
    },
  );
  if (next < values.length) throw new Error(`printf has ${values.length - next} values more than %`);
  return filled;
}

function written(
  verb: string,
  value: unknown,
  precision: number | undefined,
  toJson: (value: unknown) => string,
): string {
  switch (verb) {
    case 'v':
    case 's':
      return shown(value, toJson).slice(0, precision);
    case 'q':
      return toJson(shown(value, toJson));
    case 't':
      return String(Boolean(value));
    case 'd':
      return String(Math.trunc(number(verb, value)));
    case 'x':
      return typeof value === 'string' ? Buffer.from(value).toString('hex') : number(verb, value).toString(16);
    case 'f':
      return number(verb, value).toFixed(Math.min(precision ?? 6, 100));
    default:
      throw new Error(`printf knows no %${verb}: use %v, %s, %q, %d, %x, %f or %t`);
  }
}

function number(verb: string, value: unknown): number {
  if (typeof value === 'number') return value;
  throw new Error(`printf's %${verb} takes a number, and this is ${JSON.stringify(value)}`);
}
