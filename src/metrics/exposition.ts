// Counters as Prometheus reads them (pure): the text format 0.0.4, and OpenMetrics 1.0, which names a counter without its _total,
// tells units and ends with a line that says so. Source: prometheus.io/docs/instrumenting/exposition_formats and the
// OpenMetrics specification. Counters are given as counters: a rate is for whoever asks.
import type { Counters } from './counters.js';

export type ExpositionFormat = 'openmetrics' | 'prometheus';

export const CONTENT_TYPE: Readonly<Record<ExpositionFormat, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

export type Labels = Readonly<Record<string, string>>;

/** One that is measured: what it is called by, and what it counted. */
export interface Exposed {
  readonly labels: Labels;
  readonly counters: Readonly<Counters>;
}

interface Family {
  /** without tscontain_container_ or tscontain_machine_ in front, and without _total */
  readonly name: string;
  readonly unit?: 'seconds' | 'bytes';
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly value: (counters: Readonly<Counters>) => number;
  /** only a container has it */
  readonly containersOnly?: true;
}

const seconds = (name: keyof Counters) => (counters: Readonly<Counters>) => counters[name] / 1e6;
const plain = (name: keyof Counters) => (counters: Readonly<Counters>) => counters[name];

/** The unit is the end of the name, as both formats want it. */
const FAMILIES: readonly Family[] = [
  { name: 'cpu_seconds', unit: 'seconds', type: 'counter', help: 'CPU time used.', value: seconds('cpuUs') },
  {
    name: 'cpu_user_seconds',
    unit: 'seconds',
    type: 'counter',
    help: 'CPU time used in user mode.',
    value: seconds('userUs'),
  },
  {
    name: 'cpu_system_seconds',
    unit: 'seconds',
    type: 'counter',
    help: 'CPU time used in the kernel.',
    value: seconds('systemUs'),
  },
  {
    name: 'cpu_limit_cores',
    type: 'gauge',
    help: 'CPU cores that may be used; absent without a limit.',
    value: ({ quotaUs, periodUs }) => quotaUs / periodUs,
  },
  {
    name: 'cpu_periods',
    type: 'counter',
    help: 'Periods of the CPU quota in which something ran.',
    value: plain('periods'),
    containersOnly: true,
  },
  {
    name: 'cpu_throttled_periods',
    type: 'counter',
    help: 'Periods of the CPU quota that ended throttled.',
    value: plain('throttledPeriods'),
    containersOnly: true,
  },
  {
    name: 'cpu_throttled_seconds',
    unit: 'seconds',
    type: 'counter',
    help: 'Time that tasks stood throttled.',
    value: seconds('throttledUs'),
    containersOnly: true,
  },
  {
    name: 'memory_used_bytes',
    unit: 'bytes',
    type: 'gauge',
    help: 'Memory that counts against the limit.',
    value: plain('memoryUsed'),
  },
  {
    name: 'memory_anonymous_bytes',
    unit: 'bytes',
    type: 'gauge',
    help: 'Memory that is of no file.',
    value: plain('memoryAnon'),
  },
  { name: 'memory_file_bytes', unit: 'bytes', type: 'gauge', help: 'Page cache.', value: plain('memoryFile') },
  {
    name: 'memory_kernel_bytes',
    unit: 'bytes',
    type: 'gauge',
    help: 'Memory that the kernel uses for it.',
    value: plain('memoryKernel'),
  },
  { name: 'memory_swap_bytes', unit: 'bytes', type: 'gauge', help: 'Swapped out.', value: plain('memorySwap') },
  {
    name: 'memory_dirty_bytes',
    unit: 'bytes',
    type: 'gauge',
    help: 'Written to files and not on the disk yet.',
    value: plain('memoryDirty'),
  },
  {
    name: 'memory_limit_bytes',
    unit: 'bytes',
    type: 'gauge',
    help: 'Memory that may be used; absent without a limit.',
    value: plain('memoryLimit'),
  },
  {
    name: 'memory_limit_hits',
    type: 'counter',
    help: 'Allocations that met the limit.',
    value: plain('limitHits'),
    containersOnly: true,
  },
  {
    name: 'memory_refaulted_pages',
    type: 'counter',
    help: 'Pages read again because they had been taken away.',
    value: plain('refaults'),
  },
  { name: 'oom_kills', type: 'counter', help: 'Processes killed for memory.', value: plain('oomKills') },
  { name: 'io_read_bytes', unit: 'bytes', type: 'counter', help: 'Bytes read from disks.', value: plain('readBytes') },
  {
    name: 'io_written_bytes',
    unit: 'bytes',
    type: 'counter',
    help: 'Bytes written to disks.',
    value: plain('writeBytes'),
  },
  { name: 'io_reads', type: 'counter', help: 'Reads from disks.', value: plain('readOps') },
  { name: 'io_writes', type: 'counter', help: 'Writes to disks.', value: plain('writeOps') },
  { name: 'tasks', type: 'gauge', help: 'Processes and threads.', value: plain('pids') },
  {
    name: 'tasks_limit',
    type: 'gauge',
    help: 'Processes and threads that there may be; absent without a limit.',
    value: plain('pidsLimit'),
  },
  {
    name: 'pressure_cpu_waiting_seconds',
    unit: 'seconds',
    type: 'counter',
    help: 'Time that some tasks waited for a CPU (PSI).',
    value: seconds('cpuSomeUs'),
  },
  {
    name: 'pressure_cpu_stalled_seconds',
    unit: 'seconds',
    type: 'counter',
    help: 'Time that all tasks waited for a CPU (PSI).',
    value: seconds('cpuFullUs'),
    containersOnly: true,
  },
  {
    name: 'pressure_memory_waiting_seconds',
    unit: 'seconds',
    type: 'counter',
    help: 'Time that some tasks waited for memory (PSI).',
    value: seconds('memorySomeUs'),
  },
  {
    name: 'pressure_memory_stalled_seconds',
    unit: 'seconds',
    type: 'counter',
    help: 'Time that all tasks waited for memory (PSI).',
    value: seconds('memoryFullUs'),
  },
  {
    name: 'pressure_io_waiting_seconds',
    unit: 'seconds',
    type: 'counter',
    help: 'Time that some tasks waited for a disk (PSI).',
    value: seconds('ioSomeUs'),
  },
  {
    name: 'pressure_io_stalled_seconds',
    unit: 'seconds',
    type: 'counter',
    help: 'Time that all tasks waited for a disk (PSI).',
    value: seconds('ioFullUs'),
  },
  {
    name: 'network_received_bytes',
    unit: 'bytes',
    type: 'counter',
    help: 'Bytes received over every interface but lo.',
    value: plain('rxBytes'),
  },
  {
    name: 'network_sent_bytes',
    unit: 'bytes',
    type: 'counter',
    help: 'Bytes sent over every interface but lo.',
    value: plain('txBytes'),
  },
  {
    name: 'network_received_packets',
    type: 'counter',
    help: 'Packets received over every interface but lo.',
    value: plain('rxPackets'),
  },
  {
    name: 'network_sent_packets',
    type: 'counter',
    help: 'Packets sent over every interface but lo.',
    value: plain('txPackets'),
  },
  {
    name: 'network_received_dropped_packets',
    type: 'counter',
    help: 'Packets that came and were dropped, over every interface but lo.',
    value: plain('rxDrops'),
  },
  {
    name: 'network_sent_dropped_packets',
    type: 'counter',
    help: 'Packets that were to be sent and were dropped, over every interface but lo.',
    value: plain('txDrops'),
  },
  {
    name: 'network_received_errors',
    type: 'counter',
    help: 'Packets that came damaged, over every interface but lo.',
    value: plain('rxErrors'),
  },
  {
    name: 'network_sent_errors',
    type: 'counter',
    help: 'Packets that could not be sent, over every interface but lo.',
    value: plain('txErrors'),
  },
];

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** Names come from people and programs: in a label they are text and nothing else. */
export const escapeLabel = (value: string): string => value.replace(/[\\"\n]/g, (character) => ESCAPES[character]!);

const labelled = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

/** One family: what it is, then a line for each that was measured; nothing where none was. */
function family(
  prefix: string,
  { name, unit, type, help, value }: Family,
  of: readonly Exposed[],
  format: ExpositionFormat,
): string[] {
  const isCounter = type === 'counter';
  const sample = `${prefix}_${name}${isCounter ? '_total' : ''}`;
  const called = format === 'openmetrics' ? `${prefix}_${name}` : sample;
  const measured = of.flatMap(({ labels, counters }) => {
    const number = value(counters);
    return Number.isFinite(number) ? [`${sample}${labelled(labels)} ${number}`] : [];
  });
  if (measured.length === 0) return [];
  return [
    `# HELP ${called} ${help}`,
    `# TYPE ${called} ${type}`,
    ...(format === 'openmetrics' && unit !== undefined ? [`# UNIT ${called} ${unit}`] : []),
    ...measured,
  ];
}

export function expose(containers: readonly Exposed[], machine: Readonly<Counters>, format: ExpositionFormat): string {
  const lines = [
    ...FAMILIES.flatMap((one) => family('tscontain_container', one, containers, format)),
    ...FAMILIES.filter(({ containersOnly }) => containersOnly !== true).flatMap((one) =>
      family('tscontain_machine', one, [{ labels: {}, counters: machine }], format),
    ),
    ...(format === 'openmetrics' ? ['# EOF'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** What an Accept header asks for: OpenMetrics where it is named, with no smaller weight than plain text. */
export function negotiate(accept: string | undefined): ExpositionFormat {
  let best: ExpositionFormat = 'prometheus';
  let weight = 0;
  for (const part of (accept ?? '').split(',').slice(0, 32)) {
    const [type = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    const q = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    const version = parameters.find((parameter) => parameter.startsWith('version='))?.slice(8) ?? '1.0.0';
    const isOpen = type === 'application/openmetrics-text' && (version === '1.0.0' || version === '0.0.1');
    if (!isOpen && type !== 'text/plain' && type !== '*/*') continue;
    if (!(q > weight) && !(isOpen && q === weight)) continue;
    best = isOpen ? 'openmetrics' : 'prometheus';
    weight = q;
  }
  return best;
}
