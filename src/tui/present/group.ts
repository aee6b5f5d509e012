// The numbers of a project. Its own cgroup holds the sums of its members as the kernel counts them; where a file does not add
// up its children (several of cgroup v1 do not), the sum of the members is larger and is the truth.
import type { Container } from '../../engine/index.js';
import type { Sample } from '../../metrics/index.js';
import { projectTarget, type Readings } from '../sources.js';

const larger = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

export function groupReading(readings: Readings, project: string, members: readonly Container[]): Sample | undefined {
  const samples = members.flatMap(({ id }) => readings.latest(id) ?? []);
  const kernel = readings.latest(projectTarget(project));
  if (samples.length === 0) return kernel;
  const sum = (pick: (sample: Sample) => number | undefined): number | undefined => {
    const values = samples.flatMap((sample) => pick(sample) ?? []);
    const added = values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
    return larger(kernel && pick(kernel), added);
  };
  const given = <Key extends string>(key: Key, value: number | undefined): { readonly [K in Key]?: number } =>
    value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: number });
  return {
    at: samples[0]!.at,
    cpu: given(
      'cores',
      sum((sample) => sample.cpu.cores),
    ),
    memory: given(
      'used',
      sum((sample) => sample.memory.used),
    ),
    io: {
      ...given(
        'readBytes',
        sum((sample) => sample.io.readBytes),
      ),
      ...given(
        'writeBytes',
        sum((sample) => sample.io.writeBytes),
      ),
    },
    pids: given(
      'current',
      sum((sample) => sample.pids.current),
    ),
    pressure: kernel?.pressure ?? { cpu: {}, memory: {}, io: {} },
    network: {
      ...given(
        'rxBytes',
        sum((sample) => sample.network.rxBytes),
      ),
      ...given(
        'txBytes',
        sum((sample) => sample.network.txBytes),
      ),
      ...given(
        'rxPackets',
        sum((sample) => sample.network.rxPackets),
      ),
      ...given(
        'txPackets',
        sum((sample) => sample.network.txPackets),
      ),
      ...given(
        'drops',
        sum((sample) => sample.network.drops),
      ),
      ...given(
        'errors',
        sum((sample) => sample.network.errors),
      ),
    },
  };
}
