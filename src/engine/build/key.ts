// What a step is known by in the cache: what it is done upon, what is done, and what it is done with. Secrets, proxies and what
// lies in cache mounts have no part in it. Pure. Tests: test/pure/engine/build/key.test.ts.
import { digestOf, hexOf } from '../image/digest.js';
import type { Digest } from '../image/oci.js';
import type { CopyWork, DirectoryWork, RunWork } from './step.js';

/** Raised when a step of the same words comes to mean something else. */
const GENERATION = 1;

/** 64 hexadecimal digits. */
export type StepKey = string;

function keyOf(...parts: readonly unknown[]): StepKey {
  return hexOf(digestOf(JSON.stringify([GENERATION, ...parts])));
}

/** What it is done upon: the chain id of the layers below, absent for none. */
type Parent = Digest | undefined;

/** @param inputs for each bind mount, in order, what identifies its files */
export function keyOfRun(parent: Parent, work: RunWork, inputs: readonly string[], network: string): StepKey {
  const { argv, env, user, workingDir, script } = work;
  let next = 0;
  const mounts = work.mounts.map(({ position: _position, from: _from, type, ...mount }) => {
    // What a secret or a cache holds may change without changing what is made with it.
    const input = type === 'bind' ? inputs[next++] : undefined;
    return { type, input, ...mount };
  });
  return keyOf('run', parent ?? '', argv, [...env].sort(), user, workingDir, network, script ?? '', mounts);
}

/** @param inputs what identifies its files, the file names among them */
export function keyOfCopy(parent: Parent, work: CopyWork, inputs: readonly string[]): StepKey {
  const { sources, urls, target, chown, chmod, excludes, parents, unpack, checksum, inline, from } = work;
  const kind = from === undefined ? 'context' : 'tree';
  const rest = [sources, urls, target, chown, chmod ?? '', excludes, parents, unpack, checksum ?? '', inline];
  return keyOf('copy', parent ?? '', kind, rest, inputs);
}

export function keyOfDirectory(parent: Parent, { path, user }: DirectoryWork): StepKey {
  return keyOf('directory', parent ?? '', path, user);
}

/** Of the whole image, so that one that says the same as before is the same, its times too. */
export function keyOfImage(description: unknown): StepKey {
  return keyOf('image', description);
}
