// Real cgroups for container tests: a project of its own for each test, processes as load, and nothing left afterwards.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TestContext } from 'node:test';
import {
  detectCgroupHost,
  openCgroupDriver,
  type CgroupDriver,
  type CgroupHost,
  type CgroupPaths,
  type DeviceRule,
  type Limits,
} from '../../src/engine/cgroup/index.js';

export const host = detectCgroupHost();

/** The hosts that this machine can play: what it is and, where it is hybrid, a pure v1 host as well. */
export const hosts: readonly CgroupHost[] =
  host.kind === 'hybrid' ? [host, { kind: 'v1', v1: host.v1, disabled: host.disabled }] : [host];

/** As hosts, and the cgroup2 mount of a hybrid host by itself: v2 without controllers, with all that needs none. */
export const hostsForProcesses: readonly CgroupHost[] =
  host.kind === 'hybrid' && host.unified
    ? [...hosts, { kind: 'v2', v1: {}, unified: host.unified, disabled: [] }]
    : hosts;

export interface TestCgroup {
  readonly driver: CgroupDriver;
  readonly paths: CgroupPaths;
  /** Starts a program inside; it is born outside and moved before it begins. */
  readonly spawn: (command: string, ...args: readonly string[]) => Promise<ChildProcess>;
}

/** Where a test makes a cgroup by itself; what it made is removed after the test, however that ends. */
export function newPaths(t: TestContext, driver: CgroupDriver, project = newProject(), id = 'one'): CgroupPaths {
  const paths = driver.paths(project, id);
  t.after(() => driver.remove(paths));
  return paths;
}

/** A name that no test of another run has. */
export function newProject(): string {
  return `test-${randomBytes(4).toString('hex')}`;
}

/** A cgroup that is removed after the test. */
export function newCgroup(
  t: TestContext,
  { on = host, limits = {}, devices }: { on?: CgroupHost; limits?: Limits; devices?: readonly DeviceRule[] } = {},
): TestCgroup {
  const driver = openCgroupDriver(on);
  const paths = newPaths(t, driver);
  driver.create(paths, limits, devices);
  return {
    driver,
    paths,
    spawn: (command, ...args) => spawnInside(driver, paths, command, args),
  };
}

async function spawnInside(
  driver: CgroupDriver,
  paths: CgroupPaths,
  command: string,
  args: readonly string[],
): Promise<ChildProcess> {
  const child = spawn('/bin/sh', ['-c', 'read -r go && exec "$@"', 'sh', command, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await new Promise((resolve) => child.once('spawn', resolve));
  driver.enter(paths, child.pid!);
  child.stdin.write('go\n');
  return child;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** Resolves when a program has ended and said all that it had to say. */
export function ended(child: ChildProcess): Promise<Ended> {
  let output = '';
  child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (output += data.toString()));
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, output })));
}

/** Every directory of a cgroup, and those of its project above it. */
export function directoriesOf(paths: CgroupPaths): string[] {
  const own = [...Object.values(paths.controllers), ...(paths.unified === undefined ? [] : [paths.unified])];
  return own.flatMap((directory) => [directory, dirname(directory)]);
}

export function existing(paths: CgroupPaths): string[] {
  return directoriesOf(paths).filter((directory) => existsSync(directory));
}
