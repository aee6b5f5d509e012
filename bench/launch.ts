// What starting a process costs: pid, mount, network, uts, ipc and cgroup namespaces, /proc mounted, execve of true, beside
// util-linux's unshare, which does the same and is started the same way. Then an exec into a running container.
import { closeSync } from 'node:fs';
import * as native from '../src/native/index.js';
import { median, quantile, report } from './report.js';

const rounds = 200;
const namespaces =
  native.CLONE_NEWPID |
  native.CLONE_NEWNS |
  native.CLONE_NEWNET |
  native.CLONE_NEWUTS |
  native.CLONE_NEWIPC |
  native.CLONE_NEWCGROUP;

const execve = (...argv: string[]): native.Step => ({ name: 'run', call: 'execve', args: [argv[0]!, argv, []] });
const slave = native.MS_REC | native.MS_SLAVE;
const container = (...argv: string[]): native.Program => [
  { name: 'keep mounts to ourselves', call: 'mount', args: ['', '/', '', slave, 0] },
  { name: 'mount /proc', call: 'mount', args: ['proc', '/proc', 'proc', 0, 0] },
  execve(...argv),
];

interface Times {
  readonly asleepUs: number;
  readonly execMs: number;
  readonly exitMs: number;
}

async function run(program: native.Program, options: native.LaunchOptions = {}): Promise<Times> {
  const begun = process.hrtime.bigint();
  const { pid, pidfd, cloneUs, execUs } = await native.launch(program, options);
  await new Promise((resolve) => native.onChildExit(pid, resolve));
  const exitMs = Number(process.hrtime.bigint() - begun) / 1e6;
  closeSync(pidfd);
  return { asleepUs: cloneUs, execMs: execUs / 1000, exitMs };
}

async function main(): Promise<void> {
  const sleeper = await native.launch(container('/bin/sleep', '1000'), { namespaces });
  const enter: native.Program = [
    { name: 'enter', call: 'setns', args: [sleeper.pidfd, namespaces] },
    native.forkStep('be born in its pid namespace'),
    execve('/bin/true'),
  ];
  const ours: Times[] = [];
  const bare: Times[] = [];
  const entered: Times[] = [];
  const unshare: Times[] = [];
  for (let round = -20; round < rounds; round++) {
    const times = [
      await run(container('/bin/true'), { namespaces }),
      await run([execve('/bin/true')]),
      await run(enter),
      await run([execve('/usr/bin/unshare', '-fpmuinC', '--mount-proc', '/bin/true')]),
    ] as const;
    if (round < 0) continue;
    for (const [i, list] of [ours, bare, entered, unshare].entries()) list.push(times[i]!);
  }
  native.pidfdSendSignal(sleeper.pidfd, native.signalNumber('KILL')!);
  await new Promise((resolve) => native.onChildExit(sleeper.pid, resolve));

  const of = (times: readonly Times[], key: keyof Times): number => median(times.map((time) => time[key]));
  const peers = { unshare: of(unshare, 'exitMs') };
  const tail = `p95 ${quantile(
    ours.map(({ execMs }) => execMs),
    0.95,
  ).toFixed(2)} ms`;
  const goal = { peer: 'unshare', times: 2 } as const;
  report({
    what: 'namespaces, /proc, to execve of true',
    unit: 'ms',
    ours: of(ours, 'execMs'),
    peers,
    goal,
    note: tail,
  });
  report({ what: 'the same to the exit of true', unit: 'ms', ours: of(ours, 'exitMs'), peers });
  report({ what: 'no namespaces, to execve', unit: 'ms', ours: of(bare, 'execMs') });
  report({ what: 'exec into a container, to execve', unit: 'ms', ours: of(entered, 'execMs') });
  report({ what: 'event loop asleep in a launch', unit: 'µs', ours: of(ours, 'asleepUs') });
}

void main();
