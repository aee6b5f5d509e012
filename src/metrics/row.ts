// A sample as one row of numbers, NaN for what was not measured: so it goes into rings and files, and a Sample is made of it for
// whoever asks. Numbers are written and read by name, one by one: a hundred rows a second are made here.
import { SERIES, type Pressure, type Sample, type SeriesName } from './model.js';

/** What a sample says and no series shows. */
const BESIDE = [
  'cpu.limitCores',
  'memory.limit',
  'memory.majorFaults',
  'memory.reclaimed',
  'pids.limit',
  'oomKills',
] as const;

export type Column = SeriesName | (typeof BESIDE)[number];

/** The series come first: they are what a history keeps of a row. */
export const COLUMNS: readonly Column[] = [...SERIES, ...BESIDE];

export const newRow = (): Float64Array => new Float64Array(COLUMNS.length).fill(NaN);

const place = (column: Column): number => COLUMNS.indexOf(column);

/** Where in a row each number of a sample stands. */
export const AT = {
  cores: place('cpu.cores'),
  userCores: place('cpu.user'),
  systemCores: place('cpu.system'),
  limitCores: place('cpu.limitCores'),
  throttledPercent: place('cpu.throttledPercent'),
  throttledMs: place('cpu.throttledMs'),
  used: place('memory.used'),
  anon: place('memory.anon'),
  file: place('memory.file'),
  kernel: place('memory.kernel'),
  swap: place('memory.swap'),
  memoryLimit: place('memory.limit'),
  dirty: place('memory.dirty'),
  refaults: place('memory.refaults'),
  majorFaults: place('memory.majorFaults'),
  limitHits: place('memory.limitHits'),
  reclaimed: place('memory.reclaimed'),
  readBytes: place('io.readBytes'),
  writeBytes: place('io.writeBytes'),
  readOps: place('io.readOps'),
  writeOps: place('io.writeOps'),
  pids: place('pids.current'),
  pidsLimit: place('pids.limit'),
  cpuSome: place('pressure.cpu.some'),
  cpuFull: place('pressure.cpu.full'),
  memorySome: place('pressure.memory.some'),
  memoryFull: place('pressure.memory.full'),
  ioSome: place('pressure.io.some'),
  ioFull: place('pressure.io.full'),
  oomKills: place('oomKills'),
  rxBytes: place('network.rxBytes'),
  txBytes: place('network.txBytes'),
  rxPackets: place('network.rxPackets'),
  txPackets: place('network.txPackets'),
  drops: place('network.drops'),
  errors: place('network.errors'),
} as const;

type Filled<T> = { -readonly [Name in keyof T]: T[Name] };

const isKnown = (value: number | undefined): value is number => value !== undefined && !Number.isNaN(value);

function cpuOf(row: Float64Array): Sample['cpu'] {
  const cpu: Filled<Sample['cpu']> = {};
  const cores = row[AT.cores];
  const userCores = row[AT.userCores];
  const systemCores = row[AT.systemCores];
  const limitCores = row[AT.limitCores];
  const throttledPercent = row[AT.throttledPercent];
  const throttledMsPerSecond = row[AT.throttledMs];
  if (isKnown(cores)) cpu.cores = cores;
  if (isKnown(userCores)) cpu.userCores = userCores;
  if (isKnown(systemCores)) cpu.systemCores = systemCores;
  if (isKnown(limitCores)) cpu.limitCores = limitCores;
  if (isKnown(throttledPercent)) cpu.throttledPercent = throttledPercent;
  if (isKnown(throttledMsPerSecond)) cpu.throttledMsPerSecond = throttledMsPerSecond;
  return cpu;
}

function memoryOf(row: Float64Array): Sample['memory'] {
  const memory: Filled<Sample['memory']> = {};
  const used = row[AT.used];
  const anon = row[AT.anon];
  const file = row[AT.file];
  const kernel = row[AT.kernel];
  const swap = row[AT.swap];
  const limit = row[AT.memoryLimit];
  const dirty = row[AT.dirty];
  const refaults = row[AT.refaults];
  const majorFaults = row[AT.majorFaults];
  const limitHits = row[AT.limitHits];
  const reclaimed = row[AT.reclaimed];
  if (isKnown(used)) memory.used = used;
  if (isKnown(anon)) memory.anon = anon;
  if (isKnown(file)) memory.file = file;
  if (isKnown(kernel)) memory.kernel = kernel;
  if (isKnown(swap)) memory.swap = swap;
  if (isKnown(limit)) memory.limit = limit;
  if (isKnown(dirty)) memory.dirty = dirty;
  if (isKnown(refaults)) memory.refaults = refaults;
  if (isKnown(majorFaults)) memory.majorFaults = majorFaults;
  if (isKnown(limitHits)) memory.limitHits = limitHits;
  if (isKnown(reclaimed)) memory.reclaimed = reclaimed;
  return memory;
}

function ioOf(row: Float64Array): Sample['io'] {
  const io: Filled<Sample['io']> = {};
  const readBytes = row[AT.readBytes];
  const writeBytes = row[AT.writeBytes];
  const readOps = row[AT.readOps];
  const writeOps = row[AT.writeOps];
  if (isKnown(readBytes)) io.readBytes = readBytes;
  if (isKnown(writeBytes)) io.writeBytes = writeBytes;
  if (isKnown(readOps)) io.readOps = readOps;
  if (isKnown(writeOps)) io.writeOps = writeOps;
  return io;
}

function pidsOf(row: Float64Array): Sample['pids'] {
  const pids: Filled<Sample['pids']> = {};
  const current = row[AT.pids];
  const limit = row[AT.pidsLimit];
  if (isKnown(current)) pids.current = current;
  if (isKnown(limit)) pids.limit = limit;
  return pids;
}

function pressureOf(some: number | undefined, full: number | undefined): Pressure {
  const pressure: Filled<Pressure> = {};
  if (isKnown(some)) pressure.some = some;
  if (isKnown(full)) pressure.full = full;
  return pressure;
}

function networkOf(row: Float64Array): Sample['network'] {
  const network: Filled<Sample['network']> = {};
  const rxBytes = row[AT.rxBytes];
  const txBytes = row[AT.txBytes];
  const rxPackets = row[AT.rxPackets];
  const txPackets = row[AT.txPackets];
  const drops = row[AT.drops];
  const errors = row[AT.errors];
  if (isKnown(rxBytes)) network.rxBytes = rxBytes;
  if (isKnown(txBytes)) network.txBytes = txBytes;
  if (isKnown(rxPackets)) network.rxPackets = rxPackets;
  if (isKnown(txPackets)) network.txPackets = txPackets;
  if (isKnown(drops)) network.drops = drops;
  if (isKnown(errors)) network.errors = errors;
  return network;
}

/** What was measured, by name; a name without a number is absent. */
export function sampleOf(at: number, row: Float64Array): Sample {
  const sample: Filled<Sample> = {
    at,
    cpu: cpuOf(row),
    memory: memoryOf(row),
    io: ioOf(row),
    pids: pidsOf(row),
    pressure: {
      cpu: pressureOf(row[AT.cpuSome], row[AT.cpuFull]),
      memory: pressureOf(row[AT.memorySome], row[AT.memoryFull]),
      io: pressureOf(row[AT.ioSome], row[AT.ioFull]),
    },
    network: networkOf(row),
  };
  const oomKills = row[AT.oomKills];
  if (isKnown(oomKills)) sample.oomKills = oomKills;
  return sample;
}
