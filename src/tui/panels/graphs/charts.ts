// What charts there are of one target: their lines, their units and what they say of now.
import type { Sample, SeriesName } from '../../../metrics/index.js';
import type { LimitedResource } from '../../present/changes.js';
import { bytes, coreLimit, cores, count, percent, perSecond, rate } from '../../present/units.js';
import type { Attr, Canvas, Ramp, Span, TwoWay } from '../../screen/index.js';

const MiB = 1024 ** 2;

export interface Line {
  readonly series: SeriesName;
  readonly style: Attr;
  /** the colours it takes near the limit */
  readonly ramp?: Ramp;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  /** what stands at the right: the values now in the colours of their lines; the last stays where room is short */
  readonly now: readonly (readonly Span[])[];
  readonly lines: readonly Line[];
  /** The first line and the second are two directions of one thing: up and down from a middle line, in these hues. */
  readonly mirrored?: readonly [up: Ramp, down: Ramp];
  readonly limit?: number | undefined;
  /** the limit that it is, of which the past is known */
  readonly limited?: LimitedResource;
  /** the top of the axis is never lower */
  readonly least: number;
  readonly label: (value: number) => string;
}

export function chartsOf(canvas: Canvas, sample: Sample | undefined): readonly Chart[] {
  const { theme } = canvas;
  const { cpu, memory, io, pids } = theme.resource;
  const dim = (text: string): Span => ({ text, attr: theme.dim });
  const now = (text: string, attr: Attr): Span => ({ text, attr });
  const throttled = sample?.cpu.throttledPercent;
  const { rxBytes, txBytes, rxPackets, txPackets, drops, errors } = sample?.network ?? {};
  // The least of three parts, in the least of the shades: what is fainter could not be read beside its name.
  const kernel = theme.shadesOf(memory).byScale[0]!;
  return [
    {
      title: 'cpu',
      unit: 'cores',
      now: [
        [dim('throttled '), now(percent(throttled), (throttled ?? 0) > 0 ? theme.notice : theme.dim)],
        [
          now(cores(sample?.cpu.cores), cpu[0]),
          dim(sample?.cpu.limitCores === undefined ? '' : ` of ${coreLimit(sample.cpu.limitCores)}`),
        ],
      ],
      lines: [{ series: 'cpu.cores', style: cpu[0], ramp: cpu }],
      limit: sample?.cpu.limitCores,
      limited: 'cpu',
      least: 0.1,
      label: (value) => value.toFixed(value < 9.95 ? 2 : 1),
    },
    {
      title: 'memory',
      unit: '',
      now: [
        [dim('kernel '), now(bytes(sample?.memory.kernel), kernel)],
        [dim('file '), now(bytes(sample?.memory.file), theme.dim)],
        [dim('anon '), now(bytes(sample?.memory.anon), theme.text)],
        [
          now(bytes(sample?.memory.used), memory[0]),
          dim(sample?.memory.limit === undefined ? '' : ` of ${bytes(sample.memory.limit)}`),
        ],
      ],
      lines: [
        { series: 'memory.kernel', style: kernel },
        { series: 'memory.file', style: theme.dim },
        { series: 'memory.anon', style: theme.text },
        { series: 'memory.used', style: memory[0], ramp: memory },
      ],
      limit: sample?.memory.limit,
      limited: 'memory',
      least: MiB,
      label: bytes,
    },
    twoWays(canvas, BYTES, 'io', 'io', [
      { word: 'read', series: 'io.readBytes', value: sample?.io.readBytes },
      { word: 'write', series: 'io.writeBytes', value: sample?.io.writeBytes },
    ]),
    {
      title: 'pressure',
      unit: '% of time waiting',
      now: [
        [dim('cpu '), now(percent(sample?.pressure.cpu.some), cpu[0])],
        [dim('mem '), now(percent(sample?.pressure.memory.some), memory[0])],
        [dim('io '), now(percent(sample?.pressure.io.some), io[0])],
      ],
      lines: [
        { series: 'pressure.cpu.some', style: cpu[0] },
        { series: 'pressure.memory.some', style: memory[0] },
        { series: 'pressure.io.some', style: io[0] },
      ],
      least: 10,
      label: (value) => `${value.toFixed(0)}%`,
    },
    // Without interfaces of its own there is nothing that could be said of it.
    ...(rxBytes === undefined
      ? []
      : [
          twoWays(canvas, BYTES, 'network', 'net', [
            { word: 'in', series: 'network.rxBytes', value: rxBytes },
            { word: 'out', series: 'network.txBytes', value: txBytes },
          ]),
          twoWays(canvas, PACKETS, 'packets', 'net', [
            { word: 'in', series: 'network.rxPackets', value: rxPackets },
            { word: 'out', series: 'network.txPackets', value: txPackets },
          ]),
          {
            title: 'packets lost',
            unit: 'a second',
            now: [
              [dim('damaged '), now(perSecond(errors), (errors ?? 0) > 0 ? theme.error : theme.dim)],
              [dim('dropped '), now(perSecond(drops), (drops ?? 0) > 0 ? theme.notice : theme.dim)],
            ],
            lines: [
              { series: 'network.errors', style: theme.error },
              { series: 'network.drops', style: theme.notice },
            ],
            least: 1,
            label: perSecond,
          } satisfies Chart,
        ]),
    {
      title: 'throttling',
      unit: '% of periods',
      now: [[now(percent(throttled), theme.notice)]],
      lines: [{ series: 'cpu.throttledPercent', style: theme.notice }],
      least: 10,
      label: (value) => `${value.toFixed(0)}%`,
    },
    {
      title: 'pids',
      unit: '',
      now: [
        [
          now(count(sample?.pids.current), pids[0]),
          dim(sample?.pids.limit === undefined ? '' : ` of ${count(sample.pids.limit)}`),
        ],
      ],
      lines: [{ series: 'pids.current', style: pids[0], ramp: pids }],
      limit: sample?.pids.limit,
      limited: 'pids',
      least: 10,
      label: count,
    },
  ];
}

interface Way {
  readonly word: string;
  readonly series: SeriesName;
  readonly value: number | undefined;
}

/** What is counted of both directions, in a second. */
type Counted = Pick<Chart, 'unit' | 'least'> & { readonly label: (value: number | undefined) => string };

const BYTES: Counted = { unit: 'bytes/s', least: 64 * 1024, label: rate };
const PACKETS: Counted = { unit: 'a second', least: 10, label: perSecond };

/** How much comes in, and how much goes out. */
function twoWays(
  { theme, glyphs }: Canvas,
  counted: Counted,
  title: string,
  resource: TwoWay,
  [up, down]: readonly [Way, Way],
): Chart {
  const [incoming, outgoing] = [theme.incoming[resource], theme.resource[resource]];
  const now = (sign: string, { word, value }: Way, [attr]: Ramp): readonly Span[] => [
    { text: `${sign} ${word} `, attr: theme.dim },
    { text: counted.label(value), attr },
  ];
  return {
    title,
    now: [now(glyphs.ascending, up, incoming), now(glyphs.descending, down, outgoing)],
    lines: [
      { series: up.series, style: incoming[0] },
      { series: down.series, style: outgoing[0] },
    ],
    mirrored: [incoming, outgoing],
    ...counted,
  };
}
