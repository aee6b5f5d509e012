// What RUN --mount puts into the container while it runs, and what of it is to be seen afterwards: nothing. Sources are opened below
// their roots and mounted by descriptor, so no link in a stage, a context or a cache leads out of it, and none that is exchanged
// meanwhile does (CVE-2024-23651).
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { O_PATH } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { Held } from '../launch/held.js';
import type { Mount } from '../model.js';
import { mountRoot } from '../rootfs/overlay.js';
import { cacheMount } from './cache-mount.js';
import type { SecretSource } from './model.js';
import { bindOf, canCloneDetached, copyOut } from './mount-source.js';
import { readSecret, secretMount } from './secret-mount.js';
import type { ExpandedMount, RunWork } from './step.js';
import { byDescriptor, Tree } from './tree.js';

export interface MountGround {
  /** directory of all state */
  readonly root: string;
  /** of this step alone, on the file system of the state */
  readonly directory: string;
  readonly secrets: ReadonlyMap<string, SecretSource>;
  /** What a mount is made from: layers, lowest first, or files of a context. Of a cache without `from`: no layers. */
  originOf(mount: ExpandedMount): MountOrigin;
  readonly signal?: AbortSignal;
}

export type MountOrigin = { readonly layers: readonly string[] } | { readonly tree: Tree };

export interface OpenedMounts {
  readonly mounts: readonly Mount[];
  /** NAME=value of secrets that are wanted as variables */
  readonly env: readonly string[];
}

/** What is opened is in `held` until the step is over: locks of caches too. @throws TscontainError */
export async function openRunMounts(work: RunWork, ground: MountGround, held: Held): Promise<OpenedMounts> {
  const mounts: Mount[] = [];
  const env: string[] = [];
  for (const [index, mount] of work.mounts.entries()) {
    const directory = join(ground.directory, `mount-${index}`);
    mkdirSync(directory, { mode: 0o700 });
    const own = { ...ground, directory };
    if (mount.type === 'tmpfs') mounts.push(tmpfs(mount));
    else if (mount.type === 'bind') mounts.push(await bind(mount, own, held));
    else if (mount.type === 'cache') mounts.push(await cacheMount(mount, own, held));
    else {
      const value = readSecret(mount, ground.secrets);
      if (value === undefined) continue;
      if (mount.env !== undefined) env.push(`${mount.env}=${value.toString('utf8')}`);
      if (mount.env === undefined || mount.target !== undefined)
        mounts.push(secretMount(mount, value, directory, held));
    }
  }
  const { script } = work;
  if (script !== undefined) mounts.push(scriptMount(script, ground.directory));
  return { mounts, env };
}

function tmpfs({ target, sizeBytes, readOnly }: ExpandedMount): Mount {
  return {
    type: 'tmpfs',
    target: target!,
    readOnly,
    flags: ['exec'],
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
}

/** Of layers, an overlay of its own: what is written into it, where that is allowed, is gone with it. */
async function bind(mount: ExpandedMount, ground: MountGround, held: Held): Promise<Mount> {
  const origin = ground.originOf(mount);
  const source = posix.resolve('/', mount.source ?? '.');
  // Copied: what is ignored must not be seen, and what is written must not come back.
  if ('tree' in origin)
    return bindOf(await copyOut(origin.tree, source, ground.directory), mount.target!, mount.readOnly);
  const { layers } = origin;
  if (layers.length === 0) return bindOf(emptyDirectory(ground.directory), mount.target!, mount.readOnly);
  const upper = join(ground.directory, 'upper');
  mkdirSync(upper);
  chmodSync(upper, statSync(layers.at(-1)!).mode & 0o7777);
  const workDirectory = join(ground.directory, 'work');
  mkdirSync(workDirectory);
  const { fd: rootFd } = await mountRoot({ layers, upper, work: workDirectory, volatile: true });
  const tree = new Tree(held.fd(rootFd));
  const fd = tree.open(source.slice(1), O_PATH);
  if (fd === undefined)
    throw new TscontainError('NO_SUCH_PATH', `there is no ${shown(source)} to mount at ${shown(mount.target!)}`, {
      hint: 'name a path of the stage or image that "from" gives',
    });
  held.fd(fd);
  if (canCloneDetached(fd)) return bindOf(byDescriptor(fd), mount.target!, mount.readOnly);
  return bindOf(await copyOut(tree, source, ground.directory), mount.target!, mount.readOnly);
}

function emptyDirectory(directory: string): string {
  const path = join(directory, 'empty');
  mkdirSync(path);
  return path;
}

function scriptMount({ path, content }: { path: string; content: string }, directory: string): Mount {
  const file = join(directory, 'script');
  writeFileSync(file, content);
  chmodSync(file, 0o755);
  return bindOf(file, path, true);
}
