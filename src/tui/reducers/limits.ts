// The limits dialog: what stands in its fields, its presets, and the change that comes of it.
import {
  isTscontainError,
  parseBytes,
  parseCpus,
  parseInteger,
  type Container,
  type Limits,
} from '../../engine/index.js';
import { bytes, coreLimit } from '../present/units.js';
import type { Load } from '../state.js';
import { fieldOf, lineOf, withField, type Form } from '../widgets/index.js';
import { textField } from './run-form.js';

export const LIMIT_FIELDS = ['cpu', 'memory', 'reads', 'writes', 'cpu-weight', 'io-weight', 'pids'] as const;
export type LimitField = (typeof LIMIT_FIELDS)[number];

const FIELD_WIDTH = 10;
const NANO = 1e9;
/** Docker's weights when none is set (cpu.shares, blkio.weight). */
const DEFAULT_CPU_WEIGHT = 1024;
const DEFAULT_IO_WEIGHT = 500;
const LEAST_CPU_WEIGHT = 2;
const LEAST_IO_WEIGHT = 10;
/** Less than this makes a container look dead rather than quiet. */
const LEAST_QUIET_CORES = 0.05;
const LEAST_QUIET_BYTES = 64 * 1024;

/** A whole number of bytes in the shortest form that loses nothing: "64m", "1536m", "1000". */
export function sizeText(value: number): string {
  for (const [unit, size] of [
    ['g', 1024 ** 3],
    ['m', 1024 ** 2],
    ['k', 1024],
  ] as const) {
    if (value >= size && value % size === 0) return `${value / size}${unit}`;
  }
  return String(value);
}

/** The limit of a container in cores, however it was given. */
export function coreLimitOf({ nanoCpus, cpuQuota, cpuPeriod }: Limits): number | undefined {
  if (nanoCpus !== undefined && nanoCpus > 0) return nanoCpus / NANO;
  return cpuQuota !== undefined && cpuQuota > 0 ? cpuQuota / (cpuPeriod ?? 100_000) : undefined;
}

const rateOn = (rates: Limits['deviceReadBps'], disk: string | undefined): number | undefined =>
  rates?.find(({ path }) => path === disk)?.rate;

const positive = (value: number | undefined): number | undefined =>
  value !== undefined && value > 0 ? value : undefined;

export function initialTexts({ config: { limits } }: Container, disk: string | undefined): Record<LimitField, string> {
  const size = (value: number | undefined): string => (value === undefined ? '' : sizeText(value));
  const cores = coreLimitOf(limits);
  return {
    cpu: cores === undefined ? '' : coreLimit(cores),
    memory: size(positive(limits.memory)),
    reads: size(rateOn(limits.deviceReadBps, disk)),
    writes: size(rateOn(limits.deviceWriteBps, disk)),
    'cpu-weight': String(positive(limits.cpuShares) ?? ''),
    'io-weight': String(positive(limits.blkioWeight) ?? ''),
    pids: String(positive(limits.pidsLimit) ?? ''),
  };
}

export function limitsForm(texts: Readonly<Record<LimitField, string>>): Form {
  return {
    rows: LIMIT_FIELDS.map((id) => textField(id, id.replace('-', ' '), FIELD_WIDTH, '', texts[id])),
    focus: 'cpu',
    top: 0,
  };
}

export const textIn = (form: Form, id: LimitField): string => {
  const field = fieldOf(form, id);
  return field?.kind === 'text' ? field.line.text.trim() : '';
};

export function setText(form: Form, id: LimitField, text: string): Form {
  const field = fieldOf(form, id);
  return field?.kind === 'text' ? withField(form, { ...field, line: lineOf(text) }) : form;
}

/** What each field would set, the empty field meaning "no limit"; throws TscontainError for what is no value. */
const CHANGES: Readonly<Record<LimitField, (text: string, limits: Limits, disk: string) => Partial<Limits>>> = {
  cpu: (text) => ({ nanoCpus: text === '' ? 0 : parseCpus(text) }),
  memory: (text) => ({ memory: text === '' ? -1 : parseBytes(text, 'the memory limit') }),
  reads: (text, limits, disk) => ({ deviceReadBps: withRate(limits.deviceReadBps, disk, text) }),
  writes: (text, limits, disk) => ({ deviceWriteBps: withRate(limits.deviceWriteBps, disk, text) }),
  'cpu-weight': (text) => ({
    cpuShares: text === '' ? 0 : parseInteger(text, 'the weight', { min: LEAST_CPU_WEIGHT, max: 262_144 }),
  }),
  'io-weight': (text) => ({
    blkioWeight: text === '' ? 0 : parseInteger(text, 'the weight', { min: LEAST_IO_WEIGHT, max: 1000 }),
  }),
  pids: (text) => ({ pidsLimit: text === '' ? -1 : parseInteger(text, 'the number of processes', { min: 1 }) }),
};

/** The engine takes the whole list of devices at once: the others are kept. */
function withRate(rates: Limits['deviceReadBps'], disk: string, text: string): NonNullable<Limits['deviceReadBps']> {
  const others = (rates ?? []).filter(({ path }) => path !== disk);
  return text === '' ? others : [...others, { path: disk, rate: parseBytes(text, 'the rate') }];
}

export type LimitsChange = { readonly limits: Partial<Limits> } | { readonly problems: ReadonlyMap<string, string> };

/** The fields that say something else than at first, as a change for the engine. */
export function limitsChange(
  form: Form,
  initial: Readonly<Record<string, string>>,
  container: Container,
  disk: string | undefined,
): LimitsChange {
  const problems = new Map<string, string>();
  let limits: Partial<Limits> = {};
  for (const id of LIMIT_FIELDS) {
    const text = textIn(form, id);
    if (text === initial[id]) continue;
    if ((id === 'reads' || id === 'writes') && disk === undefined) {
      problems.set(id, 'the state directory lies on no disk of its own: rates cannot be limited here');
      continue;
    }
    try {
      limits = { ...limits, ...CHANGES[id](text, container.config.limits, disk ?? '') };
    } catch (error) {
      if (!isTscontainError(error)) throw error;
      problems.set(id, error.message);
    }
  }
  return problems.size > 0 ? { problems } : { limits };
}

/** What the same fields said before, so that the change can be taken back; "no limit" spelled out. */
export function limitsBefore(change: Partial<Limits>, { config: { limits } }: Container): Partial<Limits> {
  const none: Required<
    Pick<Limits, 'nanoCpus' | 'memory' | 'deviceReadBps' | 'deviceWriteBps' | 'cpuShares' | 'blkioWeight' | 'pidsLimit'>
  > = {
    nanoCpus: 0,
    memory: -1,
    deviceReadBps: [],
    deviceWriteBps: [],
    cpuShares: 0,
    blkioWeight: 0,
    pidsLimit: -1,
  };
  const cores = coreLimitOf(limits);
  const current: Limits = { ...limits, ...(cores === undefined ? {} : { nanoCpus: Math.round(cores * NANO) }) };
  return Object.fromEntries(
    (Object.keys(change) as (keyof typeof none)[]).map((key) => [key, current[key] ?? none[key]]),
  );
}

const coresText = (cores: number): string => String(Math.max(0.01, Math.round(cores * 100) / 100));

/** `q`: out of everybody's way, still alive. Half of what it uses now, the least weights. */
export function quietDown(form: Form, now: Load | undefined, disk: string | undefined): Form {
  const rate = (value: number | undefined): string =>
    sizeText(Math.max(LEAST_QUIET_BYTES, Math.round((value ?? 0) / 4096 / 2) * 4096));
  let next = setText(form, 'cpu', coresText(Math.max(LEAST_QUIET_CORES, (now?.cores ?? 0) / 2)));
  next = setText(next, 'cpu-weight', String(LEAST_CPU_WEIGHT));
  if (disk === undefined) return next;
  return setText(setText(next, 'reads', rate(now?.reads)), 'writes', rate(now?.writes));
}

/** `h`: half of each limit there is; where there is none, half of what is used now. Memory is left alone: half of it kills. */
export function halve(form: Form, now: Load | undefined, disk: string | undefined): Form {
  const half = (
    id: LimitField,
    parse: (text: string) => number,
    used: number | undefined,
    show: (value: number) => string,
    least: number,
  ): Form => {
    let limit: number;
    try {
      limit = parse(textIn(form, id));
    } catch {
      limit = used ?? 0;
    }
    return setText(form, id, show(Math.max(least, limit / 2)));
  };
  form = half('cpu', (text) => parseCpus(text) / NANO, now?.cores, coresText, LEAST_QUIET_CORES);
  if (disk === undefined) return form;
  const size = (text: string): number => parseBytes(text, 'the rate');
  const show = (value: number): string => sizeText(Math.round(value / 4096) * 4096);
  form = half('reads', size, now?.reads, show, LEAST_QUIET_BYTES);
  return half('writes', size, now?.writes, show, LEAST_QUIET_BYTES);
}

/** What applying the memory field would do to what is in use now; undefined while it does no harm. */
export function memoryWarning(form: Form, used: number | undefined, name: string): string | undefined {
  if (used === undefined) return undefined;
  let limit: number;
  try {
    limit = parseBytes(textIn(form, 'memory'), 'the memory limit');
  } catch {
    return undefined;
  }
  if (limit <= 0 || limit >= used) return undefined;
  return `${bytes(used - limit)} below what is in use: that much is reclaimed, or ${name} is killed`;
}

export const DEFAULT_WEIGHTS = { 'cpu-weight': DEFAULT_CPU_WEIGHT, 'io-weight': DEFAULT_IO_WEIGHT } as const;
