// RUN: a container of our own launch in this very process, whose writable layer becomes a layer of the image. It has the name of a
// container that is being made: nobody lists it, and when this process is killed whoever comes next ends it and clears it away.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import {
  launch,
  onChildExit,
  openPipe,
  pidfdSendSignal,
  signalNumber,
  type ExitStatus,
  type Launched,
} from '../../native/index.js';
import type { CgroupDriver } from '../cgroup/index.js';
import { Held } from '../launch/held.js';
import { prepareStart } from '../launch/prepare.js';
import { deviceRules } from '../launch/sources.js';
import type { ContainerConfig, Image } from '../model.js';
import { isCopy } from '../rootfs/overlay.js';
import { layout } from '../state/layout.js';
import { dressLike, needsOverlay } from './copy-layer.js';
import { openRunMounts, type MountGround } from './run-mounts.js';
import { removeStubs, stubsOf } from './stubs.js';
import type { RunWork } from './step.js';
import { openWorkPlace } from './workshop.js';

export interface RunGround extends Omit<MountGround, 'directory'> {
  readonly driver: CgroupDriver;
  /** trees of the layers below, lowest first */
  readonly below: readonly string[];
  readonly network: 'none' | 'host';
  readonly extraHosts: readonly string[];
  readonly onOutput: (stream: 'stdout' | 'stderr', data: Buffer) => void;
}

/** The project whose cgroups those of builds are. */
const PROJECT = 'build';
const HOSTNAME = 'build';
const SIGKILL = 9;
const SHM_BYTES = 64 * 1024 * 1024;
/** After the end of the init every writer is gone, but for a descriptor that was handed out of the container. */
const DRAIN_MS = 1_000;

/**
 * Runs it to its end.
 * @param take is given the upper directory of one that ended well; it may move it away
 * @returns the exit code; undefined when it was stopped
 */
export async function runInLayer(
  work: RunWork,
  ground: RunGround,
  take: (upper: string) => Promise<void>,
): Promise<number | undefined> {
  const { root, driver } = ground;
  const place = openWorkPlace(root);
  const paths = driver.paths(PROJECT, place.id);
  const held = new Held();
  try {
    for (const directory of [layout.upper, layout.work, layout.etc, layout.run])
      mkdirSync(directory(root, place.name), { mode: directory === layout.upper ? 0o755 : 0o700 });
    const upper = layout.upper(root, place.name);
    dressLike(upper, ground.below.at(-1));
    const opened = await openRunMounts(work, { ...ground, directory: place.directory }, held);
    const config = configOf(place.id, work, ground, opened);
    // For whoever has to clear it away: where its cgroup is.
    writeFileSync(layout.config(root, place.name), JSON.stringify({ ...config, env: [], mounts: [] }), { mode: 0o600 });
    const stubs = stubsOf(
      ground.below,
      config.mounts.map(({ target }) => target),
    );
    driver.create(paths, {}, deviceRules(config));
    const exitCode = await runToEnd({ ...config, id: place.name }, ground, paths, held);
    held.release();
    if (exitCode !== 0) return exitCode;
    if (isCopy({ work: layout.work(root, place.name) })) throw needsOverlay();
    removeStubs(upper, ground.below, stubs);
    await take(upper);
    return 0;
  } finally {
    held.release();
    await driver.remove(paths);
    await place.close();
  }
}

async function runToEnd(
  config: ContainerConfig,
  ground: RunGround,
  paths: ReturnType<CgroupDriver['paths']>,
  held: Held,
): Promise<number | undefined> {
  const { root, driver, below, signal, onOutput } = ground;
  const image: Image = { ...NO_IMAGE, layers: below.length > 0 ? below : [emptyLayer(root, config.id)] };
  const stdout = openPipe();
  const stderr = openPipe();
  const childEnds = new Held();
  childEnds.fd(stdout.writeFd);
  childEnds.fd(stderr.writeFd);
  const readers = [
    read(stdout.readFd, (data) => onOutput('stdout', data)),
    read(stderr.readFd, (data) => onOutput('stderr', data)),
  ];
  let launched: Launched;
  try {
    signal?.throwIfAborted();
    const stdio = { tty: false as const, stdout: stdout.writeFd, stderr: stderr.writeFd };
    const prepared = await prepareStart({ root, config, image, stdio, cgroup: { driver, paths } });
    try {
      launched = await launch(prepared.program, prepared.launchOptions);
    } catch (error) {
      throw prepared.explainFailure(error);
    } finally {
      prepared.release();
    }
  } catch (error) {
    for (const reader of readers) reader.close();
    throw error;
  } finally {
    childEnds.release();
  }
  held.fd(launched.pidfd);
  const stop = () => void pidfdSendSignal(launched.pidfd, SIGKILL);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted === true) stop();
  const status = await endOf(launched.pid);
  signal?.removeEventListener('abort', stop);
  await within(Promise.all(readers.map(({ ended }) => ended)), DRAIN_MS);
  for (const reader of readers) reader.close();
  return signal?.aborted === true ? undefined : exitCodeOf(status);
}

/** An overlay stands on something, be it nothing. */
function emptyLayer(root: string, name: string): string {
  const path = `${layout.container(root, name)}/empty`;
  mkdirSync(path, { recursive: true, mode: 0o755 });
  return path;
}

function read(fd: number, listener: (data: Buffer) => void): { ended: Promise<void>; close(): void } {
  const socket = new Socket({ fd, readable: true, writable: false });
  socket.on('data', listener);
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
  });
  return { ended, close: () => void socket.destroy() };
}

async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

const endOf = (pid: number): Promise<ExitStatus | undefined> => new Promise((resolve) => onChildExit(pid, resolve));

/** As a shell says it. What nobody can say any more has not ended well. */
function exitCodeOf(status: ExitStatus | undefined): number {
  if (status === undefined) return 255;
  return 'code' in status ? status.code : 128 + signalNumber(status.signal)!;
}

const NO_IMAGE = { id: '', name: 'build', created: '', sizeBytes: 0, layers: [] } as unknown as Image;

function configOf(
  id: string,
  work: RunWork,
  { network, extraHosts }: RunGround,
  { mounts, env }: Awaited<ReturnType<typeof openRunMounts>>,
): ContainerConfig {
  return {
    schema: 1,
    id,
    name: `build-${id.slice(0, 12)}`,
    created: new Date().toISOString(),
    project: PROJECT,
    image: { name: 'build', id: '' },
    argv: work.argv,
    entrypoint: [],
    cmd: work.argv,
    env: merged(work.env, work.hiddenEnv, env),
    workingDir: work.workingDir,
    user: work.user,
    groupAdd: [],
    hostname: HOSTNAME,
    domainname: '',
    tty: false,
    openStdin: false,
    stopSignal: 'SIGKILL',
    stopTimeoutSeconds: 0,
    labels: {},
    network,
    extraHosts,
    limits: {},
    mounts,
    readOnlyRootfs: false,
    init: false,
    ulimits: [],
    oomScoreAdj: 0,
    capAdd: [],
    capDrop: [],
    privileged: false,
    noNewPrivileges: false,
    devices: [],
    sysctls: {},
    shmSize: SHM_BYTES,
    restartPolicy: { name: 'no', maximumRetryCount: 0 },
    autoRemove: true,
    log: { maxSizeBytes: -1, maxFiles: 1 },
  };
}

/** A later variable replaces an earlier one of that name. */
function merged(...lists: readonly (readonly string[])[]): string[] {
  const variables = new Map<string, string>();
  for (const variable of lists.flat()) variables.set(variable.split('=', 1)[0]!, variable);
  return [...variables.values()];
}
