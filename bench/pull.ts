// A pull of five layers from a registry on loopback into a directory in memory, unpacked, beside docker and podman: whole commands.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openContent } from '../src/engine/image/content/open.js';
import { digestOf } from '../src/engine/image/digest.js';
import { MEDIA } from '../src/engine/image/oci.js';
import { imageName } from '../src/engine/image/reference.js';
import { push } from '../src/engine/registry/index.js';
import { layout } from '../src/engine/state/layout.js';
import { noDockerRegistry, startDockerRegistry } from '../test/support/docker-registry.js';
import { bytesOf, descriptorOf, goArchitecture, type Bytes } from '../test/support/image-bytes.js';
import { inMemory, isInstalled, once, openDocker, openPodman, type PeerEngine } from './peers.js';
import { interleaved, report, timed } from './report.js';

const ROUNDS = 5;
const MiB = 1024 * 1024;

/** Of this host, each a layer; together what the note of the figure says. */
const LAYERS = [
  ['usr/share/doc'],
  ['usr/share/locale'],
  ['usr/lib/python3.11'],
  ['usr/share/perl', 'usr/share/zoneinfo'],
  ['usr/lib/python3'],
];

const root = inMemory();
const ends: (() => unknown)[] = [];

function layerOf(paths: readonly string[]): { plain: string; packed: Bytes } {
  const tar = execFileSync('bash', ['-c', `tar -C / -c ${paths.join(' ')} 2>/dev/null || :`], { maxBuffer: 2 ** 30 });
  const packed = execFileSync('gzip', ['-6'], { input: tar, maxBuffer: 2 ** 30 });
  return { plain: digestOf(tar), packed: bytesOf(MEDIA.layerGzip, packed) };
}

/** Puts an image into the registry, and gives its name and the bytes of its layers. */
async function publish(host: string): Promise<{ name: string; bytes: number }> {
  const content = openContent(layout.images(join(root, 'source')));
  const layers = LAYERS.map(layerOf);
  const config = bytesOf(MEDIA.config, {
    architecture: goArchitecture(),
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map(({ plain }) => plain) },
  });
  const manifest = bytesOf(MEDIA.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: descriptorOf(config),
    layers: layers.map(({ packed }) => descriptorOf(packed)),
  });
  for (const { bytes } of [config, manifest, ...layers.map(({ packed }) => packed)]) await content.blobs.put(bytes);
  const name = `${host}/bench/five:1`;
  await content.references.set(imageName(name), descriptorOf(manifest));
  await push(content, name);
  rmSync(join(root, 'source'), { recursive: true });
  return { name, bytes: layers.reduce((sum, { packed }) => sum + packed.bytes.length, 0) };
}

function ours(name: string): Promise<number> {
  const state = join(root, 'ours');
  rmSync(state, { recursive: true, force: true });
  return timed(() => {
    const words = [resolve('dist/tscontain.cjs'), '--root', state, 'pull', '-q', name];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return Promise.resolve();
  });
}

function theirs({ command, before }: PeerEngine, options: string, name: string): () => Promise<number> {
  return () => {
    once(`${command} rmi -f ${name} || :`, before);
    return timed(() => {
      once(`${command} pull -q ${options} ${name}`, before);
      return Promise.resolve();
    });
  };
}

async function main(): Promise<void> {
  if (noDockerRegistry !== false) throw new Error(noDockerRegistry);
  try {
    const { host } = await startDockerRegistry({ after: (end) => void ends.push(end as () => unknown) });
    const { name, bytes } = await publish(host);
    const contenders: Record<string, () => Promise<number>> = { ours: () => ours(name) };
    const empty = join(root, 'empty');
    mkdirSync(empty);
    if (isInstalled('docker') && isInstalled('dockerd')) {
      const docker = await openDocker(join(root, 'docker'), empty);
      ends.push(() => docker.end());
      contenders['docker'] = theirs(docker, '', name);
    }
    if (isInstalled('podman')) {
      const podman = openPodman(join(root, 'podman'), empty);
      ends.push(() => podman.end());
      contenders['podman'] = theirs(podman, '--tls-verify=false', name);
    }
    for (const pull of Object.values(contenders)) await pull();
    const { ours: own = NaN, ...peers } = await interleaved(contenders, ROUNDS);
    const what = 'pull of five layers from a registry on loopback';
    const note = `${Math.round(bytes / MiB)} MiB compressed`;
    report({ what, unit: 'ms', ours: own, peers, goal: { peer: 'docker', times: 0.7 }, note });
    report({ what, unit: 'ms', ours: own, peers, goal: { peer: 'podman', times: 0.4 }, note });
  } finally {
    for (const end of ends.reverse()) await end();
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
