// The one sentence for a value that cannot be right: what it is, the value, and what would be right.
import { TscontainError } from '../errors.js';

/** Long or odd values are shown shortened, with control characters spelled out: they may be anything. */
function shown(value: string): string {
  const spelled = JSON.stringify(value);
  return spelled.length <= 80 ? spelled : `${spelled.slice(0, 76)}…"`;
}

export function wrong(what: string, value: string, right: string): TscontainError {
  return new TscontainError('INVALID_VALUE', `${what} ${shown(value)} cannot be: ${right}`);
}
