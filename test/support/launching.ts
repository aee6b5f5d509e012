// For tests of launch programs: a shell that is started by one, and what it said; descriptors counted; directories that go.
import { closeSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as native from '../../src/native/index.js';

/** All the namespaces of an ordinary container. */
export const containerNamespaces =
  native.CLONE_NEWPID |
  native.CLONE_NEWNS |
  native.CLONE_NEWNET |
  native.CLONE_NEWUTS |
  native.CLONE_NEWIPC |
  native.CLONE_NEWCGROUP;

const slave = native.MS_REC | native.MS_SLAVE;

/** A mount namespace of its own with its own /proc: what most tests begin with. */
export const ownProc: native.Program = [
  { name: 'keep mounts to ourselves', call: 'mount', args: ['', '/', '', slave, 0] },
  { name: 'mount /proc', call: 'mount', args: ['proc', '/proc', 'proc', 0, 0] },
];

export function execve(...argv: string[]): native.Step {
  return { name: `run ${argv[0]!}`, call: 'execve', args: [argv[0]!, argv, ['PATH=/usr/sbin:/usr/bin:/sbin:/bin']] };
}

/** Reaps a child when it ends. */
export function ended(pid: number): Promise<native.ExitStatus | undefined> {
  return new Promise((resolve) => native.onChildExit(pid, resolve));
}

/** Launches a program and waits for its end. */
export async function run(
  program: native.Program,
  options: native.LaunchOptions = {},
): Promise<native.Launched & { readonly status: native.ExitStatus | undefined }> {
  const launched = await native.launch(program, options);
  closeSync(launched.pidfd);
  return { ...launched, status: await ended(launched.pid) };
}

/** Launches `before`, then a shell with a script; gives its status and what it wrote (less than a pipe holds). */
export async function shell(
  script: string,
  { before = [], ...options }: native.LaunchOptions & { readonly before?: native.Program } = {},
): Promise<native.Launched & { readonly status: native.ExitStatus | undefined; readonly output: string }> {
  const { readFd, writeFd } = native.openPipe();
  const say: native.Step = { name: 'say it here', call: 'dup3', args: [writeFd, 1, 0] };
  const complain: native.Step = { name: 'complain here', call: 'dup3', args: [writeFd, 2, 0] };
  try {
    const result = await run([...before, say, complain, execve('/bin/sh', '-c', script)], options).finally(() =>
      closeSync(writeFd),
    );
    return { ...result, output: readFileSync(readFd, 'utf8').trim() };
  } finally {
    closeSync(readFd);
  }
}

/** What every descriptor of this process leads to. */
export function openDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
    } catch {
      // The descriptor with which the list was read.
      return [];
    }
  });
}

/** Processes whose parent is this one, the dead that nobody reaped among them. */
export function children(): number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** A directory for one test. */
export function scratch(test: { after: (hook: () => void) => void }): string {
  const path = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  test.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
