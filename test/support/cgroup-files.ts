// A cgroup as a map of files, with what the kernel does when they are written: for planning without a kernel.
import type { CgroupView, Write } from '../../src/engine/cgroup/plan.js';

const DEVICES: Readonly<Record<string, string>> = { '/dev/sda': '8:0', '/dev/sdb': '8:16', '/dev/nvme0n1': '259:0' };

export class CgroupFiles implements CgroupView {
  readonly #files: Map<string, string>;
  readonly #controllers: ReadonlySet<string>;

  constructor(files: Readonly<Record<string, string>>, controllers: readonly string[]) {
    this.#files = new Map(Object.entries(files));
    this.#controllers = new Set(controllers);
  }

  read(controller: string, file: string): string | undefined {
    return this.#controllers.has(controller) ? this.#files.get(file) : undefined;
  }

  missing(controller: string): string | undefined {
    return this.#controllers.has(controller) ? undefined : 'this host is made without it';
  }

  available(kind: 'cpus' | 'mems'): string {
    return kind === 'cpus' ? '0-3' : '0';
  }

  deviceNumber(path: string): string {
    const number = DEVICES[path];
    if (number === undefined) throw new Error(`no such device in this test: ${path}`);
    return number;
  }

  devicePath(number: string): string {
    return Object.keys(DEVICES).find((path) => DEVICES[path] === number) ?? number;
  }

  /** @throws Error EINVAL where the kernel would refuse: memory above memory and swap together */
  write(writes: readonly Write[]): this {
    for (const { file, value } of writes) this.#files.set(file, this.#written(file, value));
    return this;
  }

  #written(file: string, value: string): string {
    const now = this.#files.get(file) ?? '';
    if (file.startsWith('memory.') && file.endsWith('limit_in_bytes')) return this.#v1Limit(file, value);
    if (file === 'memory.oom_control') return `oom_kill_disable ${value}\nunder_oom 0\noom_kill 0\n`;
    if (file.startsWith('blkio.throttle.')) {
      const [device, rate] = value.split(' ');
      return changeLine(now, device!, rate === '0' ? undefined : rate!);
    }
    if (file === 'io.max') {
      const [device, change] = value.split(' ');
      const keys = ['rbps', 'wbps', 'riops', 'wiops'];
      const old = new Map(
        [...(lineOf(now, device!) ?? '').matchAll(/(\w+)=(\w+)/g)].map(([, key, rate]) => [key!, rate!]),
      );
      const [key, rate] = change!.split('=');
      old.set(key!, rate!);
      const line = keys.map((name) => `${name}=${old.get(name) ?? 'max'}`).join(' ');
      return changeLine(now, device!, /=\d/.test(line) ? line : undefined);
    }
    return `${value.trim()}\n`;
  }

  #v1Limit(file: string, value: string): string {
    const unlimited = '9223372036854771712';
    const bytes = value === '-1' ? unlimited : value;
    const other = (name: string) => BigInt(this.#files.get(name)?.trim() ?? unlimited);
    const isTotal = file === 'memory.memsw.limit_in_bytes';
    const limit = isTotal ? other('memory.limit_in_bytes') : BigInt(bytes);
    const total = isTotal ? BigInt(bytes) : other('memory.memsw.limit_in_bytes');
    if (file !== 'memory.soft_limit_in_bytes' && limit > total) throw new Error(`EINVAL: ${value} to ${file}`);
    return `${bytes}\n`;
  }
}

function lineOf(content: string, device: string): string | undefined {
  return content.split('\n').find((line) => line.startsWith(`${device} `));
}

function changeLine(content: string, device: string, rest: string | undefined): string {
  const others = content.split('\n').filter((line) => line !== '' && !line.startsWith(`${device} `));
  return [...others, ...(rest === undefined ? [] : [`${device} ${rest}`])].map((line) => `${line}\n`).join('');
}

const UNLIMITED_V1 = '9223372036854771712\n';

/** A new cgroup of a v1 host that has everything, or only some controllers, or lacks some files. */
export function v1Files({ without = [] as readonly string[], controllers = V1_CONTROLLERS } = {}): CgroupFiles {
  return new CgroupFiles(omit(V1, without), controllers);
}

export function v2Files({ without = [] as readonly string[], controllers = V2_CONTROLLERS } = {}): CgroupFiles {
  return new CgroupFiles(omit(V2, without), controllers);
}

function omit(files: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
}

export const V1_CONTROLLERS = ['memory', 'cpu', 'cpuset', 'pids', 'blkio'];
export const V2_CONTROLLERS = ['memory', 'cpu', 'cpuset', 'pids', 'io'];

/** Read from a new directory on Linux 6.18, hybrid. */
const V1: Readonly<Record<string, string>> = {
  'memory.limit_in_bytes': UNLIMITED_V1,
  'memory.memsw.limit_in_bytes': UNLIMITED_V1,
  'memory.soft_limit_in_bytes': UNLIMITED_V1,
  'memory.swappiness': '60\n',
  '../memory.swappiness': '60\n',
  'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 0\n',
  'cpu.shares': '1024\n',
  'cpu.cfs_period_us': '100000\n',
  'cpu.cfs_quota_us': '-1\n',
  'cpuset.cpus': '0-3\n',
  'cpuset.mems': '0\n',
  'pids.max': 'max\n',
  'blkio.bfq.weight': '100\n',
  'blkio.throttle.read_bps_device': '',
  'blkio.throttle.write_bps_device': '',
  'blkio.throttle.read_iops_device': '',
  'blkio.throttle.write_iops_device': '',
};

/** Read from a new directory on Linux 6.1, v2. */
const V2: Readonly<Record<string, string>> = {
  'memory.max': 'max\n',
  'memory.high': 'max\n',
  'memory.swap.max': 'max\n',
  'memory.low': '0\n',
  'cpu.weight': '100\n',
  'cpu.max': 'max 100000\n',
  'cpuset.cpus': '\n',
  'cpuset.mems': '\n',
  'pids.max': 'max\n',
  'io.max': '',
  'io.weight': 'default 100\n',
  'io.bfq.weight': 'default 100\n',
};
