// The volumes of the made-up machine, and files in them; some have names that somebody in a container gave them to do harm.
import { TscontainError, type Container } from '../../src/engine/index.js';
import type {
  FileBeginning,
  FileKind,
  PrunableVolumes,
  VolumeDirectory,
  VolumeFile,
  VolumeRequest,
  VolumeRow,
  VolumesPort,
} from '../../src/tui/volumes/port.js';
import { prunable } from '../../src/tui/volumes/using.js';
import { DEMO_NOW, idOf } from './demo-people.js';

const KiB = 1024;
const MiB = 1024 ** 2;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Made {
  readonly name: string;
  readonly size: number;
  readonly age: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
}

const NO_NAME = { 'com.docker.volume.anonymous': '' } as const;

const MADE: readonly Made[] = [
  { name: 'shop-db', size: 1430 * MiB, age: 9 * DAY, labels: { team: 'shop' }, options: { size: '2g' } },
  { name: 'shop-uploads', size: 212 * MiB, age: 9 * DAY, labels: { team: 'shop' } },
  { name: 'build-cache', size: 3.1 * 1024 * MiB, age: 20 * DAY },
  { name: idOf('volume of migrate'), size: 48 * KiB, age: 3 * HOUR, labels: NO_NAME },
];

type Special = readonly ['link', string] | readonly ['socket'];
/** A directory, what is written in a file, where a link leads, or something else. */
type Tree = { readonly [name: string]: Tree | string | Special };

const FILES: Tree = {
  base: { '1': { PG_VERSION: '17\n' }, '16384': { '2619': 'data', pg_internal: 'data' } },
  pg_wal: { '000000010000000000000001': 'wal', archive_status: {} },
  pg_stat: {},
  'current.log': ['link', '/var/log/postgresql.log'],
  'postgresql.conf': "listen_addresses = '*'\nmax_connections = 100\nshared_buffers = 128MB\n",
  'pg_hba.conf': 'host all all 172.19.0.0/16 scram-sha-256\n',
  'postmaster.pid': '1\n/var/lib/postgresql/data\n',
  'bad\x1b[2Jname\x07.txt': 'a name that would clear the screen\n',
  '.s.PGSQL.5432': ['socket'],
};

const isArray = (node: Tree[string]): node is Special => Array.isArray(node);
const isTree = (node: Tree[string] | undefined): node is Tree => typeof node === 'object' && !isArray(node);

export class DemoVolumes implements VolumesPort {
  private volumes: readonly VolumeRow[];
  private readonly sizes = new Map(MADE.map(({ name, size }) => [name, size]));

  /** @param calls what was asked of the machine */
  constructor(
    private readonly calls: string[],
    private readonly clock: { now(): number },
    private readonly containers: ReadonlyMap<string, Container>,
    isEmpty: boolean,
  ) {
    this.volumes = isEmpty ? [] : MADE.map((made) => this.made(made, DEMO_NOW - made.age));
  }

  private made({ name, labels = {}, options = {} }: Omit<Made, 'size' | 'age'>, at: number): VolumeRow {
    return {
      name,
      created: new Date(at).toISOString(),
      driver: 'local',
      labels,
      options,
      mountpoint: `/var/lib/tscontain/volumes/${name}/_data`,
      usedBy: [],
    };
  }

  list(): Promise<readonly VolumeRow[]> {
    const usersOf = (name: string): VolumeRow['usedBy'] =>
      [...this.containers.values()]
        .filter(({ config }) => config.mounts.some((mount) => mount.type === 'volume' && mount.source === name))
        .map(({ id, config }) => ({ id, name: config.name, isRemoved: false }));
    return Promise.resolve(this.volumes.map((volume) => ({ ...volume, usedBy: usersOf(volume.name) })));
  }

  size(name: string): Promise<number> {
    return Promise.resolve(this.sizes.get(name) ?? 4096);
  }

  create({ name, size, labels }: VolumeRequest): Promise<void> {
    const known = name === '' ? idOf(`volume ${this.clock.now()}`) : name;
    this.calls.push(`create-volume ${known.slice(0, 24)}${size === '' ? '' : ` of ${size}`}`);
    if (this.volumes.some((one) => one.name === known)) return Promise.resolve();
    const options = size === '' ? {} : { size };
    const marks = name === '' ? { ...labels, ...NO_NAME } : labels;
    this.volumes = [...this.volumes, this.made({ name: known, labels: marks, options }, this.clock.now())];
    return Promise.resolve();
  }

  async remove(name: string): Promise<void> {
    this.calls.push(`remove-volume ${name.slice(0, 24)}`);
    const [user] = (await this.list()).find((one) => one.name === name)?.usedBy ?? [];
    if (user !== undefined) throw new TscontainError('VOLUME_IN_USE', `the volume ${name} is in use by ${user.name}`);
    this.volumes = this.volumes.filter((one) => one.name !== name);
  }

  async prune(which: PrunableVolumes): Promise<{ removed: number; freedBytes: number }> {
    this.calls.push(`prune-volumes ${which}`);
    const going = prunable(await this.list(), which).map(({ name }) => name);
    this.volumes = this.volumes.filter(({ name }) => !going.includes(name));
    const freedBytes = going.reduce((sum, name) => sum + (this.sizes.get(name) ?? 0), 0);
    return { removed: going.length, freedBytes };
  }

  directory(_volume: VolumeRow, path: string): Promise<VolumeDirectory> {
    const tree = this.at(path);
    if (!isTree(tree)) return Promise.reject(new TscontainError('NO_SUCH_PATH', `there is no directory /${path}`));
    const files = Object.entries(tree).map(([name, node]) => fileOf(name, node));
    const order = (file: VolumeFile): string => `${file.kind === 'directory' ? 0 : 1}${file.name}`;
    return Promise.resolve({ files: files.sort((a, b) => (order(a) < order(b) ? -1 : 1)), isCut: false });
  }

  file(_volume: VolumeRow, path: string): Promise<FileBeginning> {
    const text = this.at(path);
    return typeof text === 'string'
      ? Promise.resolve({ text, sizeBytes: text.length, isCut: false, isBinary: false })
      : Promise.reject(new TscontainError('NO_SUCH_PATH', `there is no file /${path}`));
  }

  private at(path: string): Tree[string] | undefined {
    let node: Tree[string] | undefined = FILES;
    for (const name of path.split('/').filter((part) => part !== '')) node = isTree(node) ? node[name] : undefined;
    return node;
  }
}

function fileOf(name: string, node: Tree[string]): VolumeFile {
  const target = isArray(node) ? node[1] : undefined;
  const kind: FileKind =
    target !== undefined ? 'link' : isArray(node) ? 'socket' : typeof node === 'string' ? 'file' : 'directory';
  return {
    name,
    kind,
    sizeBytes: typeof node === 'string' ? node.length * 1000 : 4096,
    mode: kind === 'directory' ? 0o700 : kind === 'link' ? 0o777 : 0o600,
    uid: 999,
    gid: 999,
    modified: DEMO_NOW - (name.length * 7 + 3) * HOUR,
    ...(target === undefined ? {} : { target }),
  };
}
