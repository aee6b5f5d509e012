// The presets of the limits dialog: what quiet and half mean for one container, from what it uses now. Pure.
import { parseBytes, parseCpus } from '../../engine/index.js';
import type { Load } from '../state.js';
import { LEAST_CPU_WEIGHT, LEAST_IO_WEIGHT, sizeText, type LimitField, type LimitTexts } from './limits.js';

/**
 * quiet: it gives way when others want the same, which is soft: weights, and memory that it is held to without being killed.
 * harder: half of what it uses now, whether others want it or not.
 * half: half of each limit there is; where there is none, half of what is used now. Memory is left alone: half of it kills.
 */
export type Preset = 'quiet' | 'harder' | 'half';

export interface PresetFacts {
  /** what it uses now; absent where nothing was measured */
  readonly now: Load | undefined;
  readonly disk: string | undefined;
  /** fields that this host cannot limit */
  readonly missing: ReadonlySet<LimitField>;
  /** whether a weight of the disk does anything here (guard/disk.ts) */
  readonly ioWeights: boolean;
}

const NANO = 1e9;
const MiB = 1024 ** 2;
/** Less than this makes a container look dead rather than quiet. */
const LEAST_QUIET_CORES = 0.05;
const LEAST_QUIET_BYTES = 64 * 1024;

const coresText = (cores: number): string => String(Math.max(0.01, Math.round(cores * 100) / 100));

/** Rounded to pages, at least what lets it live. */
const rateText = (rate: number): string => sizeText(Math.max(LEAST_QUIET_BYTES, Math.round(rate / 4096) * 4096));

/** The fields that the preset changes, with what they say then. */
export function presetTexts(preset: Preset, texts: LimitTexts, facts: PresetFacts): Partial<LimitTexts> {
  switch (preset) {
    case 'quiet':
      return quiet(facts);
    case 'harder':
      return { cpu: coresText(Math.max(LEAST_QUIET_CORES, (facts.now?.cores ?? 0) / 2)), ...halfRates(facts) };
    case 'half':
      return half(texts, facts);
  }
}

function quiet(facts: PresetFacts): Partial<LimitTexts> {
  const { now, missing, ioWeights } = facts;
  const used = now?.memory ?? 0;
  // What it has it keeps; of what it takes from now on it is asked to give back. v1 knows only who gives back first.
  const memory =
    used < MiB
      ? {}
      : missing.has('memory-high')
        ? { reserved: sizeText(Math.max(1, Math.floor(used / 2 / MiB)) * MiB) }
        : { 'memory-high': sizeText(Math.ceil(used / MiB) * MiB) };
  const disk = ioWeights && !missing.has('io-weight') ? { 'io-weight': String(LEAST_IO_WEIGHT) } : halfRates(facts);
  return { 'cpu-weight': String(LEAST_CPU_WEIGHT), ...memory, ...disk };
}

function halfRates({ now, disk }: PresetFacts): Partial<LimitTexts> {
  if (disk === undefined) return {};
  return { reads: rateText((now?.reads ?? 0) / 2), writes: rateText((now?.writes ?? 0) / 2) };
}

function half(texts: LimitTexts, { now, disk }: PresetFacts): Partial<LimitTexts> {
  const limit = (id: LimitField, parse: (text: string) => number, used: number | undefined): number => {
    try {
      return parse(texts[id]) / 2;
    } catch {
      return (used ?? 0) / 2;
    }
  };
  const cpu = limit('cpu', (text) => parseCpus(text) / NANO, now?.cores);
  const halved = { cpu: coresText(Math.max(LEAST_QUIET_CORES, cpu)) };
  if (disk === undefined) return halved;
  const rate = (id: 'reads' | 'writes', used: number | undefined): string =>
    rateText(limit(id, (text) => parseBytes(text, 'the rate'), used));
  return { ...halved, reads: rate('reads', now?.reads), writes: rate('writes', now?.writes) };
}
