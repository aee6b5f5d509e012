// A container started by the launch code alone, in the test's own process: no supervisor, no engine, nothing but what the
// plan does. Its image is `base`, with layers of the test's own on top where it wants a hostile one.
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { openCgroupDriver, type CgroupPaths } from '../../src/engine/cgroup/index.js';
import { createImages } from '../../src/engine/image/store.js';
import { prepareExec } from '../../src/engine/launch/exec.js';
import type { Stdio } from '../../src/engine/launch/facts.js';
import { prepareStart, type Prepared, type StartRequest } from '../../src/engine/launch/prepare.js';
import { deviceRules } from '../../src/engine/launch/sources.js';
import type { Container, ContainerConfig, ExecSpec, Image } from '../../src/engine/model.js';
import { layout } from '../../src/engine/state/layout.js';
import {
  launch,
  onChildExit,
  openContainerPty,
  openPipe,
  setNonblocking,
  startTimeOf,
  type ExitStatus,
  type Launched,
} from '../../src/native/index.js';
import { patience } from './patience.js';
import { containerOf } from './spec.js';

/** One state directory a test file, so that `base` is made once. */
export const root = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
after(() => rmSync(root, { recursive: true, force: true }));

export const images = createImages(root);
export const driver = openCgroupDriver();
const PROJECT = `test-${randomBytes(4).toString('hex')}`;

export const base = (): Promise<Image> => images.get('base');

/** `base` with a layer on top that `fill` puts things into. */
export async function imageWith(fill: (layer: string) => void): Promise<Image> {
  const image = await base();
  const layer = mkdtempSync(join(root, 'layer-'));
  fill(layer);
  return { ...image, layers: [...image.layers, layer] };
}

export interface Made {
  /** the state directory it is kept in */
  readonly root: string;
  readonly container: Container;
  readonly image: Image;
}

/** A container that could be started: directories and a cgroup, gone after the test. */
export async function make(
  t: TestContext,
  config: Partial<ContainerConfig> = {},
  image?: Image,
  at = root,
): Promise<Made> {
  const id = randomBytes(32).toString('hex');
  const paths: CgroupPaths = driver.paths(PROJECT, id);
  const chosen = image ?? (await base());
  const whole = containerOf({
    env: chosen.config.env,
    image: { name: chosen.name, id: chosen.id },
    name: `test-${id.slice(0, 6)}`,
    ...config,
    id,
  });
  for (const place of [layout.upper, layout.work, layout.etc, layout.run]) {
    mkdirSync(place(at, id), { recursive: true });
  }
  t.after(() => driver.remove(paths));
  driver.create(paths, whole.config.limits, deviceRules(whole.config));
  return { root: at, container: { ...whole, cgroup: paths }, image: chosen };
}

export function prepare(
  { root: at, container, image }: Made,
  stdio: Stdio = { tty: false },
  network?: StartRequest['network'],
): Promise<Prepared> {
  const cgroup = { driver, paths: container.cgroup };
  const more = network === undefined ? {} : { network };
  return prepareStart({ root: at, config: container.config, image, stdio, cgroup, ...more });
}

/** Launches, and says a failure as the engine would. */
export async function launchPrepared(prepared: Prepared): Promise<Launched> {
  try {
    return await launch(prepared.program, { ...prepared.launchOptions, timing: true });
  } catch (error) {
    throw prepared.explainFailure(error);
  } finally {
    prepared.release();
  }
}

export interface Result {
  /** standard output and error together */
  readonly output: string;
  readonly status: ExitStatus | undefined;
  readonly notes: readonly string[];
}

const ended = (pid: number): Promise<ExitStatus | undefined> => new Promise((resolve) => onChildExit(pid, resolve));

/** Reads until every writer is gone, without stopping the event loop. */
async function readToEnd(fd: number): Promise<string> {
  setNonblocking(fd);
  const chunks: Buffer[] = [];
  const deadline = Date.now() + patience(30_000);
  for (;;) {
    const chunk = Buffer.alloc(65536);
    try {
      const length = readSync(fd, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      // A terminal whose last user has gone says EIO.
      if ((error as NodeJS.ErrnoException).code === 'EIO') break;
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      if (Date.now() > deadline) throw new Error(`it still writes: ${Buffer.concat(chunks).toString().slice(-500)}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  return Buffer.concat(chunks).toString();
}

async function outcome(prepared: (stdio: Stdio) => Promise<Prepared>, tty: boolean): Promise<Result> {
  const pipe = tty ? undefined : openPipe();
  const pty = tty ? openContainerPty({ columns: 80, rows: 24 }) : undefined;
  const stdio: Stdio =
    pty === undefined
      ? { tty: false, stdout: pipe!.writeFd, stderr: pipe!.writeFd }
      : { tty: true, slaveFd: pty.slaveFd, mountFd: pty.mountFd };
  const readFd = pipe?.readFd ?? pty!.masterFd;
  try {
    const closeTheirs = () => {
      for (const fd of pipe === undefined ? [pty!.slaveFd, pty!.mountFd] : [pipe.writeFd]) closeSync(fd);
    };
    let launched: Launched;
    let notes: readonly string[];
    try {
      const ready = await prepared(stdio);
      notes = ready.notes;
      launched = await launchPrepared(ready);
    } finally {
      closeTheirs();
    }
    closeSync(launched.pidfd);
    const [output, status] = await Promise.all([readToEnd(readFd), ended(launched.pid)]);
    return { output: output.trimEnd(), status, notes };
  } finally {
    closeSync(readFd);
  }
}

/** Starts a container and waits for its end. Throws what a start would throw. */
export async function run(t: TestContext, config: Partial<ContainerConfig> = {}, image?: Image): Promise<Result> {
  const made = await make(t, config, image);
  return outcome((stdio) => prepare(made, stdio), config.tty ?? false);
}

/** Runs a shell script in a container; gives what it said. */
export async function script(
  t: TestContext,
  text: string,
  config: Partial<ContainerConfig> = {},
  image?: Image,
): Promise<string> {
  return (await run(t, { ...config, argv: ['sh', '-c', text] }, image)).output;
}

export interface Running {
  readonly container: Container;
  readonly image: Image;
  readonly pid: number;
  readonly exec: (spec: ExecSpec) => Promise<Result>;
  readonly kill: () => Promise<void>;
}

/** Starts a container that stays, killed after the test at the latest. */
export async function start(
  t: TestContext,
  config: Partial<ContainerConfig> = {},
  image?: Image,
  network?: StartRequest['network'],
): Promise<Running> {
  const made = await make(t, { argv: ['sleep', '1000'], ...config }, image);
  const launched = await launchPrepared(await prepare(made, { tty: false }, network));
  closeSync(launched.pidfd);
  const end = ended(launched.pid);
  const init = { pid: launched.pid, startTime: startTimeOf(launched.pid)! };
  const container: Container = { ...made.container, state: { ...made.container.state, status: 'running', init } };
  const kill = async () => {
    await driver.kill(container.cgroup);
    await end;
  };
  t.after(kill);
  return {
    container,
    image: made.image,
    pid: launched.pid,
    exec: (spec) => outcome((stdio) => prepareExec({ container, spec, stdio, driver }), false),
    kill,
  };
}
