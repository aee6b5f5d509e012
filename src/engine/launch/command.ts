// The steps that end a launch: standard streams, working directory, and the execve of the container's program, which is
// searched as execvp(3) does it, but by the kernel itself and in the container's own file system. Pure.
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  CLOSE_RANGE_CLOEXEC,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDWR,
  TIOCSCTTY,
  type Step,
  type StepArg,
} from '../../native/index.js';
import type { Stdio } from './facts.js';
import { openPlace, step } from './steps.js';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function connectStreams(stdio: Stdio, uid: number): Step[] {
  const session = step('begin a session', 'setsid', []);
  if (stdio.tty) {
    return [
      session,
      ...[0, 1, 2].map((fd) => step('connect the terminal', 'dup3', [stdio.slaveFd, fd, 0])),
      step('have it control the session', 'ioctl', [0, TIOCSCTTY, 0]),
      // Else a program could not open its own terminal again, as mesg(1), tmux(1) and gpg(1) do.
      ...(uid === 0 ? [] : [step('own the terminal', 'fchown', [0, uid, -1])]),
    ];
  }
  const streams = [stdio.stdin, stdio.stdout, stdio.stderr];
  const names = ['stdin', 'stdout', 'stderr'];
  const nowhere: StepArg = { result: '/dev/null' };
  return [
    session,
    ...(streams.includes(undefined)
      ? [step('open /dev/null', 'openat', [AT_FDCWD, '/dev/null', O_RDWR | O_CLOEXEC, 0], { store: '/dev/null' })]
      : []),
    ...streams.map((fd, target) => step(`connect ${names[target]!}`, 'dup3', [fd ?? nowhere, target, 0])),
    // So that /dev/stdout can be opened again by a program that is not root.
    ...(uid === 0
      ? []
      : streams.flatMap((fd, target) =>
          fd === undefined
            ? []
            : [step(`own ${names[target]!}`, 'fchown', [target, uid, -1], { tolerate: ['EPERM', 'EROFS'] })],
        )),
  ];
}

/** By descriptor, so that it is inside of the container whatever the path is made of (CVE-2024-21626). */
export function enterWorkingDir(path: string): Step[] {
  const name = `go to ${path}`;
  const hint = 'the working directory must be a directory of the container';
  return [
    { ...openPlace(name, path, 'working directory', O_DIRECTORY), hint },
    step(name, 'fchdir', [{ result: 'working directory' }]),
  ];
}

/** env with what every program expects: PATH, HOSTNAME, HOME, and TERM with a terminal. What is there already stays. */
export function completeEnv(
  env: readonly string[],
  { hostname, home, tty }: { readonly hostname: string; readonly home: string; readonly tty: boolean },
): string[] {
  const defaults = { PATH: DEFAULT_PATH, HOSTNAME: hostname, ...(tty ? { TERM: 'xterm-256color' } : {}), HOME: home };
  const names = new Set(env.map((entry) => entry.slice(0, entry.indexOf('='))));
  const missing = Object.entries(defaults).filter(([name]) => !names.has(name));
  return [...missing.map(([name, value]) => `${name}=${value}`), ...env];
}

/** Where execvp(3) looks for a program: the paths to try in order. */
export function candidates(program: string, env: readonly string[]): string[] {
  if (program.includes('/')) return [program];
  const path = env.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? DEFAULT_PATH;
  // An empty entry is the working directory; so is a program of no name, which nothing can be.
  return path.split(':').map((directory) => (directory === '' ? `./${program}` : `${directory}/${program}`));
}

/** The errnos that say "not this one": the search goes on, as in execvp(3). */
const TRY_NEXT = ['ENOENT', 'ENOTDIR', 'EACCES', 'ENODEV', 'ESTALE', 'ETIMEDOUT', 'ENAMETOOLONG'];

export const RUN = 'run';

export function runProgram(argv: readonly string[], env: readonly string[]): Step[] {
  const program = argv[0]!;
  const tries = candidates(program, env);
  return [
    closeTheRest(),
    ...tries.map((path, i) =>
      step(`${RUN} ${program}`, 'execve', [path, argv, env], i === tries.length - 1 ? {} : { tolerate: TRY_NEXT }),
    ),
  ];
}

/** Runs a small init that reaps orphans and hands on signals; it is run by descriptor, so no file of it need be in the image. */
export function runInit(initFd: number, argv: readonly string[], env: readonly string[]): Step[] {
  const name = `${RUN} init for ${argv[0]!}`;
  return [closeTheRest(), step(name, 'execveat', [initFd, '', ['docker-init', '--', ...argv], env, AT_EMPTY_PATH])];
}

/** Every descriptor is close-on-exec by now; this makes sure of it (CVE-2024-21626). */
function closeTheRest(): Step {
  return step('let no descriptor through', 'close_range', [3, 0xffffffff, CLOSE_RANGE_CLOEXEC]);
}
