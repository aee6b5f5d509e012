// Containers in sentences, for ears: what it is called first, what it does next, numbers with their units in words. Pure.
import type { Container, Health, HealthStatus } from '../../engine/index.js';
import type { HostSample, Sample } from '../../metrics/index.js';
import { isRunning, sinceOf } from '../rows.js';
import { bytes, cores, percent } from '../present/units.js';
import { statusWords } from '../present/container.js';
import { pressureOf } from '../present/pressure.js';

const UNITS: readonly (readonly [ms: number, word: string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
];

/** "2 days", "1 minute": a stretch of time in its largest unit, in words. */
export function timeWords(ms: number): string {
  const [unit, word] = UNITS.find(([size]) => ms >= size) ?? UNITS.at(-1)!;
  const n = Math.max(0, Math.floor(ms / unit));
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}

const SIZES: Readonly<Record<string, string>> = {
  B: 'bytes',
  K: 'kibibytes',
  M: 'mebibytes',
  G: 'gibibytes',
  T: 'tebibytes',
};

/** "61 mebibytes"; "not measured". */
export function bytesWords(value: number | undefined): string {
  const match = /^([\d.]+)([BKMGT])?$/.exec(bytes(value));
  if (!match) return 'not measured';
  return `${match[1]!} ${SIZES[match[2] ?? 'B']!}`;
}

const coresWords = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? 'CPU not measured' : `${cores(value)} cores`;

/** "web: running for 2 days, 0.21 cores, 61 mebibytes." */
export function listLine(container: Container, sample: Sample | undefined, now: number): string {
  const { config, state } = container;
  const parts = [stateWords(container, now)];
  if (isRunning(state.status)) {
    parts.push(coresWords(sample?.cpu.cores), bytesWords(sample?.memory.used));
    const pressure = pressureOf(sample);
    if (pressure >= 5) parts.push(`waits ${percent(pressure).replace('%', ' percent')} of its time`);
  }
  return `${config.name}: ${parts.join(', ')}.`;
}

const HEALTH_WORDS: Readonly<Record<HealthStatus, string>> = {
  starting: 'its health not known yet',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
};

function stateWords(container: Container, now: number): string {
  const { status, health } = container.state;
  if (status === 'running') {
    const ran = `running for ${timeWords(now - sinceOf(container))}`;
    return health === undefined ? ran : `${ran}, ${HEALTH_WORDS[health.status]}`;
  }
  if (status === 'paused') return `paused, started ${timeWords(now - sinceOf(container))} ago`;
  return (statusWords(container, now) ?? status).replaceAll(' · ', ', ');
}

/** A fact a line: what somebody who listens skips through. */
export function showLines(container: Container, sample: Sample | undefined, now: number): readonly string[] {
  const { config, state, id } = container;
  const { limits } = config;
  const memoryLimit = limits.memory !== undefined && limits.memory > 0 ? bytesWords(limits.memory) : 'no limit';
  const cpuLimit = limits.nanoCpus !== undefined && limits.nanoCpus > 0 ? `${limits.nanoCpus / 1e9} cores` : 'no limit';
  const running = isRunning(state.status)
    ? [
        `CPU: ${coresWords(sample?.cpu.cores)}, limit ${cpuLimit}.`,
        `Memory: ${bytesWords(sample?.memory.used)}, limit ${memoryLimit}.`,
        `Reads ${bytesWords(sample?.io.readBytes)} a second, writes ${bytesWords(sample?.io.writeBytes)} a second.`,
        `Waits for CPU ${waitWords(sample?.pressure.cpu.some)}, memory ${waitWords(sample?.pressure.memory.some)}, disk ${waitWords(sample?.pressure.io.some)} of its time.`,
        `Processes: ${sample?.pids.current ?? 'not measured'}.`,
      ]
    : [];
  return [
    `${config.name}: ${stateWords(container, now)}.`,
    `Image: ${config.image.name}.`,
    `Runs: ${config.argv.join(' ')}`,
    ...(config.project === undefined ? [] : [`Project: ${config.project}.`]),
    ...running,
    ...(state.health === undefined ? [] : healthLines(state.health)),
    ...(state.restartCount > 0 ? [`Restarted ${state.restartCount} times.`] : []),
    `Id: ${id.slice(0, 12)}.`,
  ];
}

function healthLines({ failingStreak, log }: Health): string[] {
  const last = log.at(-1);
  if (last === undefined) return ['Health check: it was not run yet.'];
  const failed = failingStreak === 1 ? 'the last one failed' : `the last ${failingStreak} failed`;
  const said = last.output.trim() === '' ? 'It said nothing.' : `It said: ${last.output.trim()}`;
  return [`Health check: ${failingStreak === 0 ? 'the last one succeeded' : failed}.`, said];
}

const waitWords = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? 'not measured' : `${Math.round(value)} percent`;

export function hostLines(host: HostSample | undefined): readonly string[] {
  if (!host) return ['The machine has not been measured yet.'];
  return [
    `CPU: ${coresWords(host.cpu.cores)} of ${host.cpu.limitCores ?? 'an unknown number'}.`,
    `Memory: ${bytesWords(host.memory.used)} of ${bytesWords(host.memory.limit)}.`,
    `Its tasks wait for CPU ${waitWords(host.pressure.cpu.some)}, memory ${waitWords(host.pressure.memory.some)}, disk ${waitWords(host.pressure.io.some)} of the time.`,
  ];
}
