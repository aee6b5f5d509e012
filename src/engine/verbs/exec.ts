// exec: a further process in a running container. It is a child of this process, so no supervisor is troubled by it.
import { closeSync } from 'node:fs';
import { launch, onChildExit, openPipe, openPtyIn, signalNumber, type Launched } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { prepareExec } from '../launch/exec.js';
import type { Stdio } from '../launch/facts.js';
import type { Container, ExecSpec, ExitStatus, Session, TerminalSize } from '../model.js';
import { requireMove } from '../states.js';
import { Undo } from '../state/undo.js';
import { detachedSession, pipeSession, terminalSession } from './exec-session.js';
import { tell, type Parts } from './parts.js';

const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** The two sides of its streams: what the process gets, and what the session reads and writes. */
interface Streams {
  readonly child: Stdio;
  /** the descriptors of `child`: closed here once it has them */
  readonly childFds: readonly number[];
  open(exited: Promise<ExitStatus>, pid: number): Session;
}

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE, COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE, INVALID_VALUE … */
export async function exec(parts: Parts, ref: string, spec: ExecSpec): Promise<Session> {
  const container = parts.store.load(parts.store.resolve(ref));
  const { config, state } = container;
  requireMove('exec', { name: config.name, status: state.status });
  requireCommand(spec);
  tell(parts, container, 'exec_create', { command: spec.argv.join(' ') });

  const { streams, launched } = await launchWithStreams(parts, container, spec);
  for (const fd of streams.childFds) closeSync(fd);
  const exited = endOf(launched).then((status) => {
    tell(parts, container, 'exec_die', { exitCode: String(status.exitCode ?? 'unknown') });
    return status;
  });
  tell(parts, container, 'exec_start', { command: spec.argv.join(' ') });
  return streams.open(exited, launched.pid);
}

async function launchWithStreams(
  parts: Parts,
  container: Container,
  spec: ExecSpec,
): Promise<{ streams: Streams; launched: Launched }> {
  const undo = new Undo();
  try {
    const streams = openStreams(container, spec, undo);
    return { streams, launched: await launchIn(parts, container, spec, streams.child) };
  } catch (error) {
    await undo.run();
    throw error;
  }
}

function requireCommand({ argv, env = [] }: ExecSpec): void {
  if (argv[0] === undefined || argv[0] === '')
    throw new TscontainError('INVALID_VALUE', 'there is no command to run', {
      hint: 'give the name or path of a program',
    });
  if ([...argv, ...env].some((text) => text.includes('\0')))
    throw new TscontainError(
      'INVALID_VALUE',
      'the command or its environment has a zero byte, which no program can be given',
    );
}

async function launchIn({ driver }: Parts, container: Container, spec: ExecSpec, stdio: Stdio): Promise<Launched> {
  const prepared = await prepareExec({ container, spec, stdio, driver });
  try {
    return await launch(prepared.program, prepared.launchOptions);
  } catch (error) {
    throw prepared.explainFailure(error);
  } finally {
    prepared.release();
  }
}

function openStreams({ state }: Container, spec: ExecSpec, undo: Undo): Streams {
  if (spec.detach) return { child: { tty: false }, childFds: [], open: detachedSession };
  const owned = (fd: number): number => {
    undo.add(() => closeSync(fd));
    return fd;
  };
  if (spec.tty) {
    const { masterFd, slaveFd } = openPtyIn(state.init!.pid, spec.size ?? DEFAULT_SIZE);
    owned(masterFd);
    owned(slaveFd);
    return {
      child: { tty: true, slaveFd },
      childFds: [slaveFd],
      open: (exited, pid) => terminalSession(masterFd, exited, pid),
    };
  }
  const [stdin, stdout, stderr] = [openPipe(), openPipe(), openPipe()];
  for (const { readFd, writeFd } of [stdin, stdout, stderr]) {
    owned(readFd);
    owned(writeFd);
  }
  return {
    child: { tty: false, stdin: stdin.readFd, stdout: stdout.writeFd, stderr: stderr.writeFd },
    childFds: [stdin.readFd, stdout.writeFd, stderr.writeFd],
    open: (exited, pid) =>
      pipeSession({ stdinFd: stdin.writeFd, stdoutFd: stdout.readFd, stderrFd: stderr.readFd }, exited, pid),
  };
}

/** Reaps it, and closes its pidfd. */
function endOf({ pid, pidfd }: Launched): Promise<ExitStatus> {
  return new Promise((resolve) => {
    onChildExit(pid, (status) => {
      closeSync(pidfd);
      resolve({
        exitCode:
          status === undefined ? undefined : 'code' in status ? status.code : 128 + signalNumber(status.signal)!,
      });
    });
  });
}
