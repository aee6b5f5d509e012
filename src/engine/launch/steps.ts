// Small builders for the steps that several parts of a launch plan are made of. Pure.
import {
  AT_FDCWD,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_EMPTY_PATH,
  MS_BIND,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  O_WRONLY,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  S_IFREG,
  type Step,
  type StepArg,
} from '../../native/index.js';

/** A descriptor: a number that the supervisor opened, or the result of an earlier step. */
export type Descriptor = number | { readonly result: string };

export const NULL = 0;

export function step(
  name: string,
  call: Step['call'],
  args: readonly StepArg[],
  more: Omit<Step, 'name' | 'call' | 'args'> = {},
): Step {
  return { name, call, args, ...more };
}

/** mount(2) of a new file system. */
export function mount(
  target: string,
  type: string,
  flags: number,
  data: string | typeof NULL = NULL,
  source = type,
): Step {
  return step(`mount ${target}`, 'mount', [source, target, type, flags, data]);
}

/** mount(2) of what stands at `source` in the container onto `target` in the container. */
export function bind(
  name: string,
  source: string,
  target: string,
  more: Omit<Step, 'name' | 'call' | 'args'> = {},
): Step {
  return step(name, 'mount', [source, target, NULL, MS_BIND, NULL], more);
}

export function makeDirectory(path: string, mode: number): Step {
  return step(`make ${path}`, 'mkdirat', [AT_FDCWD, path, mode]);
}

export function makeLink(path: string, to: string): Step {
  return step(`link ${path}`, 'symlinkat', [to, AT_FDCWD, path]);
}

/** Opens, writes and leaves the closing to execve: three steps less a file than a shell would need. */
export function writeFile(
  name: string,
  path: string,
  text: string,
  more: Omit<Step, 'name' | 'call' | 'args'> = {},
): Step[] {
  const bytes = Buffer.from(text);
  return [
    step(name, 'openat', [AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0], { ...more, store: name }),
    step(name, 'write', [{ result: name }, bytes, bytes.length], more),
  ];
}

/** struct open_how of openat2(2). */
export function openHow(flags: number, resolve: number): StepArg {
  return { words: [flags, 0, resolve] };
}
export const OPEN_HOW_BYTES = 24;

/** struct mount_attr of mount_setattr(2). */
export function mountAttributes(set: number, propagation = 0): StepArg {
  return { words: [set, 0, propagation, 0] };
}
export const MOUNT_ATTRIBUTES_BYTES = 32;

/**
 * Opens a path of the container as a place (O_PATH). Links are followed inside of the container's root as openat2(2) does
 * it, except those of /proc that lead to open files of this process: one of them might be a file of the host.
 */
export function openPlace(name: string, path: string, store: string, flags = 0): Step {
  const how = openHow(O_PATH | O_CLOEXEC | flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
  return step(name, 'openat2', [AT_FDCWD, path, how, OPEN_HOW_BYTES], { store });
}

/** Attaches a detached mount to a place that was opened before. */
export function attach(name: string, mountFd: Descriptor, place: string): Step {
  const flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  const hint = 'a directory can be mounted on a directory only, a file on a file';
  return step(name, 'move_mount', [mountFd, '', { result: place }, '', flags], { hint });
}

/**
 * Makes the last `missing` components of an absolute path, all of them directories but, with `kind` 'file', the last.
 * Each is made in the place that its parent is at that moment, so a link that is exchanged meanwhile leads nowhere outside.
 */
export function makeMissing(path: string, missing: number, kind: 'directory' | 'file' = 'directory'): Step[] {
  const parts = path.split('/').filter((part) => part !== '');
  const steps: Step[] = [];
  for (let count = parts.length - missing; count < parts.length; count++) {
    const parent = `/${parts.slice(0, count).join('/')}`;
    const made = `/${parts.slice(0, count + 1).join('/')}`;
    const name = `make ${made}`;
    const place = `parent of ${made}`;
    const isFile = kind === 'file' && count === parts.length - 1;
    const tolerate = ['EEXIST'];
    steps.push(openPlace(name, parent, place, O_DIRECTORY));
    steps.push(
      isFile
        ? step(name, 'mknodat', [{ result: place }, parts[count]!, S_IFREG | 0o644, 0], { tolerate })
        : step(name, 'mkdirat', [{ result: place }, parts[count]!, 0o755], { tolerate }),
    );
  }
  return steps;
}
