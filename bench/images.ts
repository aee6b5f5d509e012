// Images of five layers, about 75 MB compressed, everything in memory so that what is measured is the work and not a disk: loaded
// from an archive beside docker and podman, whole commands; what a further container of one costs to start; how much memory a pull
// needs (how long it takes is bench/pull.ts); what the list of 500 images takes.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine, type Engine } from '../src/engine/index.js';
import { readEntry, registered } from '../src/engine/supervisor/registry.js';
import { startDockerRegistry } from '../test/support/docker-registry.js';
import { inMemory, isInstalled, once, openDocker, openPodman, type PeerEngine } from './peers.js';
import { interleaved, median, report, timed } from './report.js';

const ROUNDS = 5;
const LAYERS = 5;
/** Of plain files in a layer: this host's programs and libraries are packed to a third and a half. */
const LAYER_BYTES = 38 * 1024 * 1024;
const STARTS = 40;
const IMAGES = 500;
const SAVED_NAME = 'bench/layers:1';

const root = inMemory();
const place = (name: string): string => join(root, name);
const supervisorEntry = resolve('dist/supervisor.cjs');
const undo: (() => unknown)[] = [];

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function plainDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), createGunzip(), hash);
  return hash.digest('hex');
}

/** Files of this host, a list for each layer. */
function filesOfLayers(): string[][] {
  const find = spawnSync('find', ['/usr/bin', '/usr/lib', '/usr/share', '-xdev', '-type', 'f', '-size', '-8M'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const lists: string[][] = [[]];
  let bytes = 0;
  for (const path of find.stdout.split('\n').sort()) {
    if (path === '') continue;
    bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    lists.at(-1)!.push(path);
    if (bytes < LAYER_BYTES) continue;
    bytes = 0;
    if (lists.length === LAYERS) break;
    lists.push([]);
  }
  return lists;
}

/** An OCI layout with one image, its lowest layer the image `base`. @returns bytes of its layers */
async function writeImage(directory: string, rootfs: string): Promise<number> {
  const blobs = join(directory, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const put = (value: unknown): { digest: string; size: number } => {
    const bytes = Buffer.from(JSON.stringify(value));
    writeFileSync(join(blobs, sha256(bytes)), bytes);
    return { digest: `sha256:${sha256(bytes)}`, size: bytes.length };
  };
  const layers = [];
  const diffIds = [];
  const [, ...lists] = filesOfLayers();
  for (const list of [undefined, ...lists]) {
    const archive = place('layer.tar.gz');
    const tar = list === undefined ? `tar -C ${rootfs} -cf - .` : 'tar -C / -cf - --no-recursion -T -';
    const listed = spawnSync('sh', ['-c', `${tar} | gzip -6 > ${archive}`], {
      input: (list ?? []).map((path) => path.slice(1)).join('\n'),
    });
    if (listed.status !== 0) throw new Error(`no layer could be made: ${listed.stderr.toString()}`);
    const digest = sha256(readFileSync(archive));
    diffIds.push(`sha256:${await plainDigest(archive)}`);
    layers.push({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: `sha256:${digest}`,
      size: statSync(archive).size,
    });
    await rename(archive, join(blobs, digest));
  }
  const config = put({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: ['true'] },
    rootfs: { type: 'layers', diff_ids: diffIds },
  });
  const manifest = put({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers,
  });
  writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const named = { 'org.opencontainers.image.ref.name': 'latest' };
  const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', ...manifest, annotations: named };
  writeFileSync(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  return layers.reduce((sum, { size }) => sum + size, 0);
}

interface Contender {
  readonly name: 'docker' | 'podman';
  readonly engine: PeerEngine;
}

async function peers(rootfs: string): Promise<Contender[]> {
  const found: Contender[] = [];
  if (isInstalled('dockerd')) found.push({ name: 'docker', engine: await openDocker(place('docker'), rootfs) });
  if (isInstalled('podman')) found.push({ name: 'podman', engine: openPodman(place('podman'), rootfs) });
  for (const { engine } of found) undo.push(() => engine.end());
  return found;
}

function ours(archive: string): Promise<number> {
  const state = place('loaded');
  rmSync(state, { recursive: true, force: true });
  return timed(() => {
    const words = [resolve('dist/tscontain.cjs'), '--root', state, 'load', '-q', '-i', archive];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return Promise.resolve();
  });
}

/** Each time into an engine that has nothing of the image. */
function theirs({ engine }: Contender, archive: string): () => Promise<number> {
  return () => {
    once(`${engine.command} rmi -f ${SAVED_NAME} >/dev/null 2>&1; :`, engine.before);
    return timed(() => {
      once(`${engine.command} load -q -i ${archive}`, engine.before);
      return Promise.resolve();
    });
  };
}

async function loads(archive: string, others: readonly Contender[], note: string): Promise<void> {
  const contenders: Record<string, () => Promise<number>> = { ours: () => ours(archive) };
  for (const one of others) contenders[one.name] = theirs(one, archive);
  const { ours: own = NaN, ...peers } = await interleaved(contenders, ROUNDS);
  const what = 'load of five layers from a docker-archive';
  report({ what, unit: 'ms', ours: own, peers, goal: { peer: 'docker', times: 0.7 }, note });
  report({ what, unit: 'ms', ours: own, peers, goal: { peer: 'podman', times: 0.4 }, note });
}

/** A second container of the same image: nothing is copied, so it starts as one of `base` does. */
async function starts(engine: Engine, image: string): Promise<void> {
  const cycle = (name: string) => async (): Promise<number> => {
    const { id } = await engine.create({ image: name, network: 'none', cmd: ['true'] });
    const [ms] = await Promise.all([timed(() => engine.start(id)), engine.wait(id, 'next-exit')]);
    await engine.remove(id);
    return ms;
  };
  const contenders = { base: cycle('base'), layered: cycle(image) };
  for (const start of Object.values(contenders)) await start();
  const { base, layered } = (await interleaved(contenders, STARTS)) as { base: number; layered: number };
  report({
    what: `start of a further container of ${LAYERS} layers: more than one of base`,
    unit: 'ms',
    ours: layered - base,
    goal: { most: 1 },
    note: `${layered.toFixed(2)} and ${base.toFixed(2)}`,
  });
}

async function lists(): Promise<void> {
  const many = place('many');
  const tree = place('tree');
  mkdirSync(tree, { recursive: true });
  const maker = await openEngine({ root: many, supervisorEntry });
  for (let i = 0; i < IMAGES; i += 1) {
    writeFileSync(join(tree, 'number'), String(i));
    await maker.images.import(tree, `many/${i}:1`);
  }
  maker.close();
  const times: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const engine = await openEngine({ root: many, supervisorEntry });
    let count = 0;
    times.push(await timed(async () => (count = (await engine.images.list()).length)));
    engine.close();
    if (count !== IMAGES) throw new Error(`${count} images are listed`);
  }
  const what = `list of ${IMAGES} images, by an engine that has just been opened`;
  report({ what, unit: 'ms', ours: median(times), goal: { most: 100 } });
}

/** The most that a process of ours ever had resident while it pulled, threads and all. */
async function memory(name: string): Promise<void> {
  const child = spawn(process.execPath, ['--', resolve('dist/tscontain.cjs'), 'pull', name], {
    env: { ...process.env, TSCONTAIN_ROOT: place('memory') },
    stdio: 'ignore',
  });
  const ended = new Promise((done) => child.once('close', done));
  let most = 0;
  let own = 0;
  while (child.exitCode === null && child.signalCode === null) {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
      const kib = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
      most = Math.max(most, kib('VmHWM'));
      own = Math.max(own, kib('RssAnon'));
    } catch {
      break;
    }
    await sleep(5);
  }
  if ((await ended) !== 0) throw new Error(`pull ${name} ended with ${child.exitCode}`);
  report({
    what: 'memory of a pull while it unpacks',
    unit: 'MiB',
    ours: most / 1024,
    goal: { most: 150 },
    note: `${(own / 1024).toFixed(0)} of it are no pages of files`,
  });
}

async function main(): Promise<void> {
  const engine = await openEngine({ root: place('ours'), supervisorEntry });
  try {
    const [rootfs] = (await engine.images.get('base')).layers;
    const bytes = await writeImage(place('layout'), rootfs!);
    const note = `${(bytes / 1e6).toFixed(0)} MB compressed`;
    // In memory, as everything else here.
    process.env['TMPDIR'] = root;
    const registry = await startDockerRegistry({ after: (end) => void undo.push(end as () => unknown) });
    const name = `${registry.host}/bench/layers:1`;
    once(`skopeo copy -q --dest-tls-verify=false oci:${place('layout')}:latest docker://${name}`);
    const saved = place('saved.tar');
    once(`skopeo copy -q oci:${place('layout')}:latest docker-archive:${saved}:${SAVED_NAME}`);
    await engine.warm();
    const others = await peers(rootfs!);
    await loads(saved, others, note);
    await engine.images.pull(name);
    await starts(engine, name);
    await memory(name);
    await lists();
  } finally {
    await Promise.all((await engine.list()).map(({ id }) => engine.remove(id, { force: true })));
    engine.close();
    for (const step of undo.reverse()) await step();
    for (const id of registered(place('ours'))) process.kill(readEntry(place('ours'), id)!.pid, 'SIGTERM');
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
