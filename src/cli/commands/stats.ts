// tscontain stats
import { setTimeout as delay } from 'node:timers/promises';
import { metricsPlaces, parseSeconds, parseTime, TscontainError, type Container } from '../../engine/index.js';
import { createSampler, openArchive, type Sample, type Sampler } from '../../metrics/index.js';
import { flag, text, type Command, type Values } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { bytes, render, type Row } from '../output.js';
import { parsePastFormat, printPast, type PastStats } from '../past-stats.js';
import { targetOf } from '../targets.js';

const INTERVAL_MS = 1000;
const HOUR_MS = 3_600_000;

function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(value < 10 ? 1 : 0)}%`;
}

function pair(left: number | undefined, right: number | undefined): string {
  return `${bytes(left)} / ${bytes(right)}`;
}

/** What is not measured is a dash, never 0. */
export function statsRow({ config, id }: Container, sample: Sample | undefined): Row {
  const cores = sample?.cpu.cores;
  const limit = sample?.cpu.limitCores;
  const { used, limit: memoryLimit } = sample?.memory ?? {};
  const { pressure } = sample ?? {};
  return {
    ID: id.slice(0, 12),
    Name: config.name,
    CPU: cores === undefined ? '–' : `${cores.toFixed(2)} / ${limit === undefined ? '–' : limit.toFixed(2)}`,
    Throttled: percent(sample?.cpu.throttledPercent),
    MemUsage: pair(used, memoryLimit),
    MemPerc: percent(used === undefined || memoryLimit === undefined ? undefined : (used / memoryLimit) * 100),
    NetIO: pair(sample?.network.rxBytes, sample?.network.txBytes),
    BlockIO: pair(sample?.io.readBytes, sample?.io.writeBytes),
    Pressure: `c ${percent(pressure?.cpu.some)} m ${percent(pressure?.memory.some)} i ${percent(pressure?.io.some)}`,
    PIDs: sample?.pids.current ?? '–',
  };
}

const COLUMNS = ['ID', 'Name', 'CPU', 'Throttled', 'MemUsage', 'MemPerc', 'BlockIO', 'NetIO', 'Pressure', 'PIDs'];
const TITLES = {
  ID: 'CONTAINER ID',
  CPU: 'CORES / LIMIT',
  MemUsage: 'MEM / LIMIT',
  MemPerc: 'MEM %',
  BlockIO: 'READ / WRITE PER S',
  NetIO: 'RX / TX PER S',
  PIDs: 'PIDS',
};

/** What of the past is asked for; undefined where it is the present. */
function pastOf(values: Values, now: number): PastStats | undefined {
  const [since, until, step] = ['since', 'until', 'step'].map((name) => text(values, name));
  if (since === undefined && until === undefined) {
    if (step === undefined) return undefined;
    throw new TscontainError('INVALID_VALUE', '--step goes with --since', { hint: 'give --since, such as --since 1h' });
  }
  const end = until === undefined ? now : parseTime(until, '--until', now);
  return {
    since: since === undefined ? end - HOUR_MS : parseTime(since, '--since', now),
    until: end,
    format: parsePastFormat(text(values, 'format')),
    ...(step === undefined ? {} : { stepMs: parseSeconds(step, '--step') * 1000 }),
  };
}

export const stats: Command = {
  name: 'stats',
  summary: 'CPU, memory, IO and pressure of containers, live',
  description:
    'Rates are over the last second. CPU is in cores: 1.0 is one core all the time. A dash is "not measured" or "no limit". With --since or --until it prints what was written down then: ten minutes of every second, a day of ten seconds, thirty days of five minutes.',
  arguments: [{ name: 'container', optional: true, variadic: true, complete: 'running' }],
  options: [
    { flags: '--no-stream', description: 'once, over one second' },
    { flags: '-a, --all', description: 'also those that do not run' },
    {
      flags: '--format <format>',
      description: 'table, json, or a template; of the past table, json or csv',
      complete: ['table', 'json', 'csv'],
    },
    { flags: '--since <time>', description: 'of the past: 02:00, 10m, 2026-01-31T10:00:00Z or seconds since 1970' },
    { flags: '--until <time>', description: 'up to then; up to now when absent' },
    { flags: '--step <duration>', description: 'of the past: what a row is the mean of, such as 10s' },
  ],
  examples: [
    { command: 'tscontain stats --since 02:00 --until 06:30 --format csv web', what: 'what web used in the night' },
  ],
  async run(context, args, values) {
    const past = pastOf(values, Date.now());
    const engine = await context.engine();
    if (past !== undefined) {
      const archive = openArchive(metricsPlaces(context.root));
      await printPast({ engine, archive, print: (line) => context.print(line) }, args, past);
      return EXIT.ok;
    }
    const sampler: Sampler = createSampler({ intervalMs: INTERVAL_MS });
    const read = async (): Promise<Container[]> => {
      if (args.length > 0) return Promise.all(args.map((ref) => engine.get(ref)));
      return (await engine.list()).filter(
        ({ state }) => flag(values, 'all') || state.status === 'running' || state.status === 'paused',
      );
    };
    const measure = async (): Promise<Container[]> => {
      const containers = await read();
      sampler.setTargets(containers.filter(({ state }) => state.init !== undefined).map(targetOf));
      sampler.sample();
      return containers;
    };
    const show = (containers: readonly Container[]) =>
      render(
        containers.map((container) => statsRow(container, sampler.latest(container.id))),
        { columns: COLUMNS, titles: TITLES, format: text(values, 'format') },
      );
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    process.once('SIGTERM', () => stop.abort());
    try {
      await measure();
      do {
        await delay(INTERVAL_MS, undefined, { signal: stop.signal });
        const screen = show(await measure());
        // On a terminal each round paints over the one before; in a pipe they follow one another.
        const home =
          context.stdout.isTTY && values['stream'] !== false && text(values, 'format') === undefined
            ? '\u001b[H\u001b[2J'
            : '';
        context.print(home + screen);
      } while (values['stream'] !== false);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      sampler.close();
    }
    return EXIT.ok;
  },
};
