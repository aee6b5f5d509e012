// The beginning of a run, all of it under the container's lock and undone as a whole when a step of it fails: streams,
// what the launch needs, the launch itself, the state.
import { closeSync, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import {
  describeProgram,
  launch,
  onChildExit,
  pidfdSendSignal,
  signalNumber,
  startTimeOf,
  type ExitStatus as ProcessExit,
  type Launched,
  type Program,
} from '../../native/index.js';
import { isTscontainError, TscontainError } from '../errors.js';
import { exitCodeOfFailure } from '../launch/failure.js';
import { probeCommand } from '../health/check.js';
import { healthAtStart } from '../health/course.js';
import { prepareStart, type Prepared } from '../launch/prepare.js';
import { deviceRules } from '../launch/sources.js';
import type { Container, ContainerState, LaunchReport, LaunchStep, TerminalSize } from '../model.js';
import { requireMove } from '../states.js';
import { layout } from '../state/layout.js';
import { tell } from '../verbs/parts.js';
import { tellMounts } from '../volume/parts.js';
import type { Audience } from './audience.js';
import { LogWriter } from './log-writer.js';
import type { Parts } from './parts.js';
import { deliverOutput, type Ending, type Run } from './run.js';
import { joinRun, leaveRun } from './run-network.js';
import { makePipes, makeTerminal, type FreshStreams } from './stdio.js';

export interface StartWishes {
  /** `policy`: a delay of the restart policy is over; it starts only if it still waits for that */
  readonly because: 'asked' | 'policy';
  /** clients are attached that give the input */
  readonly inputEnds: boolean;
  readonly size: TerminalSize;
  /** who gets the output */
  readonly audience: Audience;
}

const SIGKILL = 9;

/**
 * Starts a container.
 * @returns its run; a pid where it runs already; undefined where the restart was called off meanwhile
 * @throws TscontainError, after writing what failed into the state
 */
export function beginRun(parts: Parts, id: string, wishes: StartWishes): Promise<Run | number | undefined> {
  const { store } = parts;
  return store.withLock(id, async () => {
    const container = store.load(id);
    const { config, state } = container;
    if (wishes.because === 'policy') {
      if (state.status !== 'restarting' || state.stopRequested) return undefined;
    } else if (requireMove('start', { name: config.name, status: state.status }) === 'already') {
      return state.init!.pid;
    }
    try {
      return await beginLocked(parts, container, wishes);
    } catch (error) {
      const failure = asTscontainError(error, config.name);
      store.writeState(id, failedState(container, wishes, failure));
      throw failure;
    }
  });
}

async function beginLocked(parts: Parts, container: Container, wishes: StartWishes): Promise<Run> {
  const { root, store, driver } = parts;
  const { id, config, cgroup, state } = container;
  ensureCgroup(parts, container);
  // Left frozen, by a pause that met its end, what is born into it would stand still, and we with it, in clone3.
  if (driver.isFrozen(cgroup)) await driver.thaw(cgroup);
  const streams = openStreams(root, container, wishes);
  let launching: Promise<Launched> | undefined;
  try {
    const image = await parts.images.get(config.image.id);
    const { named, ...joined } = await joinRun(parts, container);
    const prepared = await prepareStart({
      root,
      config,
      image,
      stdio: streams.child,
      cgroup: { driver, paths: cgroup },
      ...joined,
    });
    // Its first question is not to come before whoever answers it.
    const notes = [...prepared.notes, ...(await named)];
    launching = launchPrepared(prepared);
    // The new process is at work on its program from here on; what need not wait for it is done beside it.
    const log = openLog(parts, container);
    const oomKillsBefore = driver.oomKills(cgroup);
    deliverOutput({ streams, log }, wishes.audience);
    const launched = await launching;
    streams.closeChildEnds();
    const startedAt = Date.now();
    const restartCount = wishes.because === 'policy' ? state.restartCount + 1 : 0;
    const started = { pid: launched.pid, startedAt, restartCount, notes };
    store.writeState(id, runningState(parts, container, started));
    setImmediate(writeLaunchReport, layout.launchReport(root, id), startedAt, prepared.program, launched);
    tell(parts, container, 'start');
    tellMounts(root, container, 'mount');
    const { inputEnds } = wishes;
    return { pid: launched.pid, startedAt, cgroup, streams, log, inputEnds, oomKillsBefore, ended: endOf(launched) };
  } catch (error) {
    const launched = await launching?.catch(() => undefined);
    if (launched !== undefined) await kill(launched);
    await leaveRun(parts, id);
    streams.closeChildEnds();
    streams.close();
    throw error;
  }
}

/** It was made with the container, and is gone after a reboot. */
function ensureCgroup({ driver }: Parts, { config, cgroup }: Container): void {
  const [first] = [cgroup.unified, ...Object.values(cgroup.controllers)].filter((path) => path !== undefined);
  if (first === undefined || !existsSync(first)) driver.create(cgroup, config.limits, deviceRules(config));
}

async function launchPrepared(prepared: Prepared): Promise<Launched> {
  try {
    return await launch(prepared.program, { ...prepared.launchOptions, timing: true });
  } catch (error) {
    throw prepared.explainFailure(error);
  } finally {
    prepared.release();
  }
}

export function openLog({ root, pool, say }: Parts, { id, config }: Container): LogWriter {
  const onLoss = (reason: string) => say(`the log of container ${config.name} cannot be written: ${reason}`);
  return new LogWriter({ path: layout.log(root, id), config: config.log, pool, onLoss });
}

function openStreams(root: string, { id, config }: Container, { inputEnds, size }: StartWishes): FreshStreams {
  if (config.tty) return makeTerminal(size);
  return makePipes({ runDirectory: layout.run(root, id), openStdin: config.openStdin, inputEnds });
}

/** Resolves when it has died, and closes its pidfd. */
function endOf({ pid, pidfd }: Launched): Promise<Ending> {
  return new Promise((resolve) => {
    onChildExit(pid, (status) => {
      closeSync(pidfd);
      resolve({ exitCode: exitCodeOf(status) });
    });
  });
}

async function kill(launched: Launched): Promise<void> {
  pidfdSendSignal(launched.pidfd, SIGKILL);
  await endOf(launched);
}

/** As a shell says it: the code, or 128 and the number of the signal. */
export function exitCodeOf(status: ProcessExit | undefined): number | undefined {
  if (status === undefined) return undefined;
  return 'code' in status ? status.code : 128 + signalNumber(status.signal)!;
}

function runningState(
  { supervisorId, bootId }: Parts,
  { config, state: before }: Container,
  started: { pid: number; startedAt: number; restartCount: number; notes: readonly string[] },
): ContainerState {
  const { pid, startedAt, restartCount, notes } = started;
  return {
    schema: 1,
    status: 'running',
    init: { pid, startTime: startTimeOf(pid) ?? 0 },
    supervisor: supervisorId,
    bootId,
    startedAt: new Date(startedAt).toISOString(),
    ...(before.finishedAt === undefined ? {} : { finishedAt: before.finishedAt }),
    oomKilled: false,
    restartCount,
    stopRequested: false,
    ...(probeCommand(config.healthcheck) === undefined ? {} : { health: healthAtStart(before.health) }),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

/** A container that never ran stays created; one that was to be restarted has come to its end. */
function failedState({ state }: Container, { because }: StartWishes, failure: TscontainError): ContainerState {
  const { init: _init, supervisor: _supervisor, note: _note, restartsAt: _restartsAt, ...rest } = state;
  return {
    ...rest,
    status: because === 'policy' || state.status === 'restarting' ? 'exited' : state.status,
    exitCode: exitCodeOfFailure(failure),
    oomKilled: false,
    error: failure.message,
  };
}

function asTscontainError(error: unknown, name: string): TscontainError {
  if (isTscontainError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new TscontainError('LAUNCH_FAILED', `container ${name} could not be started: ${reason}`, { cause: error });
}

/** What each step took, for whoever asks later; nobody waits for it. */
function writeLaunchReport(path: string, startedAt: number, program: Program, launched: Launched): void {
  const report: LaunchReport = {
    startedAt: new Date(startedAt).toISOString(),
    totalUs: launched.execUs,
    steps: reportSteps(program, launched),
  };
  // Without it a launch cannot be looked at later, and that is all that is lost.
  writeFile(path, JSON.stringify(report), { mode: 0o600 }).catch(() => undefined);
}

/** The steps with their times, and the execve, which is known to have been done when nothing is left to be done. */
function reportSteps(program: Program, { steps, execUs }: Launched): LaunchStep[] {
  const described = describeProgram(program);
  const last = described.at(-1)!;
  // What passed before its own first step, which takes no time to speak of, went into making the process.
  const made = { name: 'make the process', call: 'clone3' as const, result: 0, atUs: steps[0]?.atUs ?? execUs };
  const done = [made, ...steps, { name: last.name, call: last.call, result: 0, atUs: execUs }];
  let next = 0;
  let before = 0;
  return done.map(({ name, call, result, atUs }) => {
    const durationUs = atUs - before;
    before = atUs;
    // The launch has steps of its own around those of the program: these are not described.
    const isNext = described[next]?.name === name && described[next]?.call === call;
    return { name, call, args: isNext ? described[next++]!.args : '', atUs, durationUs, result };
  });
}
