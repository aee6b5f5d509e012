// How large a layer may become. Whoever makes a layer says what is in it, so somebody else has to say what is enough: a few bytes
// can be made to unpack to as much as one likes. Tests: test/pure/engine/layer/limits.test.ts; the manual: docs/layers.md.
import { TscontainError } from '../../errors.js';

export interface LayerLimits {
  /** files, directories and all else, extended headers counted too */
  readonly entries: number;
  /** bytes of the plain archive; and of the files in it, holes counted in full */
  readonly size: number;
  /** plain bytes for each byte as it came, beyond what is small anyway (`FREE_BYTES`) */
  readonly ratio: number;
  /** bytes of one extended header (names, attributes) */
  readonly header: number;
  /** bytes that zstd may look back, all of which it keeps in memory */
  readonly window: number;
}

const MiB = 1024 * 1024;

/**
 * Ten times what the largest images in use have. Real layers shrink to a third or a fifth; 250 is out of reach for all but zeros.
 * A window of 8 MiB is what every reader of zstd must have (RFC 8878).
 */
export const DEFAULT_LIMITS: LayerLimits = {
  entries: 2_000_000,
  size: 128 * 1024 * MiB,
  ratio: 250,
  header: MiB,
  window: 32 * MiB,
};

/** As much may be unpacked whatever it was unpacked from: a log of zeros is no attack. */
export const FREE_BYTES = 256 * MiB;

/** The one place where they are set. */
export const LIMITS_VARIABLE = 'TSCONTAIN_LAYER_LIMITS';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: MiB, g: 1024 * MiB, t: 1024 * 1024 * MiB };

const isLimit = (name: string): name is keyof LayerLimits => Object.hasOwn(DEFAULT_LIMITS, name);

/** "entries=5000000,size=256g": those that are named, the others as they are. @throws TscontainError INVALID_VALUE */
export function parseLimits(text: string | undefined): LayerLimits {
  const limits: Record<keyof LayerLimits, number> = { ...DEFAULT_LIMITS };
  for (const word of (text ?? '').split(',').filter((each) => each.trim() !== '')) {
    const [, name = '', digits = '', unit = ''] = /^\s*(\w+)=(\d{1,15})([kmgt]?)b?\s*$/i.exec(word) ?? [];
    const value = Number(digits) * UNITS[unit.toLowerCase()]!;
    if (!isLimit(name) || value === 0 || !Number.isSafeInteger(value)) {
      throw new TscontainError('INVALID_VALUE', `${LIMITS_VARIABLE} has "${word}", which is no limit of layers`, {
        hint: `write it as ${Object.keys(DEFAULT_LIMITS).join('=…,')}=…, sizes with k, m, g or t`,
      });
    }
    limits[name] = value;
  }
  return limits;
}

/** Beyond a limit. */
export function tooMuch(what: string, limit: keyof LayerLimits, value: number): TscontainError {
  return new TscontainError('INVALID_VALUE', `the layer ${what}, which is more than it may`, {
    hint: `if you trust it, allow more with ${LIMITS_VARIABLE}=${limit}=${value}`,
  });
}
