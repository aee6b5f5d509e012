// The fields of the limits dialog: what stands in them for a container or for several, and the change that comes of it.
import {
  isTscontainError,
  parseBytes,
  parseCpus,
  parseInteger,
  type Container,
  type Limits,
} from '../../engine/index.js';
import { coreLimit } from '../present/units.js';
import { fieldOf, lineOf, withField, type Form } from '../widgets/index.js';
import { textField } from './run-form.js';

export const LIMIT_FIELDS = [
  'cpu',
  'memory',
  'memory-high',
  'reserved',
  'reads',
  'writes',
  'cpu-weight',
  'io-weight',
  'pids',
] as const;
export type LimitField = (typeof LIMIT_FIELDS)[number];
export type LimitTexts = Readonly<Record<LimitField, string>>;

const FIELD_WIDTH = 10;
const NANO = 1e9;
/** Docker's weights when none is set (cpu.shares, blkio.weight). */
const DEFAULT_CPU_WEIGHT = 1024;
const DEFAULT_IO_WEIGHT = 500;
export const LEAST_CPU_WEIGHT = 2;
export const LEAST_IO_WEIGHT = 10;

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

/** The bytes that a field says; undefined where it says nothing, or no size. */
export function sizeOf(text: string): number | undefined {
  try {
    return parseBytes(text, 'the size');
  } catch {
    return undefined;
  }
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

export function initialTexts({ config: { limits } }: Container, disk: string | undefined): LimitTexts {
  const size = (value: number | undefined): string => (value === undefined ? '' : sizeText(value));
  const cores = coreLimitOf(limits);
  return {
    cpu: cores === undefined ? '' : coreLimit(cores),
    memory: size(positive(limits.memory)),
    'memory-high': size(positive(limits.memoryHigh)),
    reserved: size(positive(limits.memoryReservation)),
    reads: size(rateOn(limits.deviceReadBps, disk)),
    writes: size(rateOn(limits.deviceWriteBps, disk)),
    'cpu-weight': String(positive(limits.cpuShares) ?? ''),
    'io-weight': String(positive(limits.blkioWeight) ?? ''),
    pids: String(positive(limits.pidsLimit) ?? ''),
  };
}

/** What they have in common; a field in which they differ is empty. */
export function commonTexts(
  containers: readonly Container[],
  disk: string | undefined,
): { readonly texts: LimitTexts; readonly differs: ReadonlySet<LimitField> } {
  const each = containers.map((container) => initialTexts(container, disk));
  const differs = new Set(LIMIT_FIELDS.filter((id) => each.some((texts) => texts[id] !== each[0]![id])));
  const texts = Object.fromEntries(LIMIT_FIELDS.map((id) => [id, differs.has(id) ? '' : each[0]![id]]));
  return { texts: texts as LimitTexts, differs };
}

export function limitsForm(texts: LimitTexts): Form {
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
  'memory-high': (text) => ({ memoryHigh: text === '' ? -1 : parseBytes(text, 'the memory high mark') }),
  reserved: (text) => ({ memoryReservation: text === '' ? -1 : parseBytes(text, 'the memory reservation') }),
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

/** The given fields, each with what it is to say, as a change for the engine. */
export function limitsChange(
  texts: ReadonlyMap<LimitField, string>,
  container: Container,
  disk: string | undefined,
): LimitsChange {
  const problems = new Map<string, string>();
  let limits: Partial<Limits> = {};
  for (const [id, text] of texts) {
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
    Pick<
      Limits,
      | 'nanoCpus'
      | 'memory'
      | 'memoryHigh'
      | 'memoryReservation'
      | 'deviceReadBps'
      | 'deviceWriteBps'
      | 'cpuShares'
      | 'blkioWeight'
      | 'pidsLimit'
    >
  > = {
    nanoCpus: 0,
    memory: -1,
    memoryHigh: -1,
    memoryReservation: -1,
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

export const DEFAULT_WEIGHTS = { 'cpu-weight': DEFAULT_CPU_WEIGHT, 'io-weight': DEFAULT_IO_WEIGHT } as const;
