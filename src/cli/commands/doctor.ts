// tscontain doctor
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { detectCgroupHost, isTscontainError, type CgroupHost } from '../../engine/index.js';
import { probeKernel, type KernelProbe } from '../../native/index.js';
import { text, type Command } from '../command.js';
import { requireRoot } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { diagnoseNetworks } from '../network-diagnosis.js';

export interface Diagnosis {
  readonly what: string;
  /** ok; limited: containers run without it; missing: containers do not run */
  readonly verdict: 'ok' | 'limited' | 'missing';
  readonly detail: string;
  /** how to get it */
  readonly cure?: string;
}

/** Without these no container starts. */
const NEEDED = new Set<string>([
  'architecture',
  'launch',
  'pid namespace',
  'mount namespace',
  'network namespace',
  'uts namespace',
  'ipc namespace',
  'new mount API',
  'devpts',
  'openat2',
  'pidfd',
]);

const CURES: Readonly<Record<string, string>> = {
  architecture: 'tscontain runs on x86-64 and arm64',
  'new mount API': 'boot Linux 5.12 or newer',
  openat2: 'boot Linux 5.12 or newer',
  pidfd: 'boot Linux 5.12 or newer',
  overlay: 'modprobe overlay; until then each container gets a whole copy of its image',
  'overlay, layer by layer': 'nothing to do unless images have very many layers; Linux 6.8 has it',
  'pidfd exit status': 'boot Linux 6.15 or newer; until then an exit code may be unknown after a supervisor was killed',
  'clone into cgroup': 'mount cgroup2; until then a process joins its cgroup a moment after its birth',
  pressure: 'boot with psi=1 on the kernel command line',
  capabilities: 'run it where root is not restricted (a container or service manager may have dropped some)',
};

/** What limits and figures need of the cgroup tree, by controller in v2's words. */
const CONTROLLERS: Readonly<Record<string, { v1: readonly string[]; what: string }>> = {
  cpu: { v1: ['cpu', 'cpuacct'], what: '--cpus, --cpu-shares, the CPU graph' },
  memory: { v1: ['memory'], what: '--memory, the memory graph, OOM kills' },
  pids: { v1: ['pids'], what: '--pids-limit, the number of processes' },
  io: { v1: ['blkio'], what: '--device-…-bps, --blkio-weight, the IO graph' },
  cpuset: { v1: ['cpuset'], what: '--cpuset-cpus, --cpuset-mems' },
};

function diagnoseCgroups(host: CgroupHost): Diagnosis[] {
  const kind = {
    v2: 'version 2 (unified)',
    v1: 'version 1',
    hybrid: 'hybrid: controllers of version 1 and a cgroup2 mount beside them',
  };
  const lines: Diagnosis[] = [{ what: 'cgroups', verdict: 'ok', detail: kind[host.kind] }];
  for (const [controller, { v1, what }] of Object.entries(CONTROLLERS)) {
    const there = host.unified?.controllers.includes(controller) || v1.every((name) => host.v1[name] !== undefined);
    lines.push({
      what: `controller ${controller}`,
      verdict: there ? 'ok' : 'limited',
      detail: there ? what : `missing: no ${what}`,
      ...(there
        ? {}
        : {
            cure: host.disabled.includes(controller)
              ? `take cgroup_disable=${controller} off the kernel command line`
              : 'mount its hierarchy, or boot a kernel that has it',
          }),
    });
  }
  return lines;
}

function diagnoseKernel(probe: KernelProbe): Diagnosis[] {
  return Object.entries(probe.abilities).map(([what, { available, detail }]) => {
    const cure = CURES[what];
    return {
      what,
      verdict: available ? ('ok' as const) : NEEDED.has(what) ? ('missing' as const) : ('limited' as const),
      detail,
      ...(available || cure === undefined ? {} : { cure }),
    };
  });
}

function diagnoseTools(path: string): Diagnosis[] {
  const found = path
    .split(':')
    .flatMap((folder) => ['tini', 'tini-static', 'catatonit', 'docker-init'].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
  return [
    found === undefined
      ? {
          what: 'init for --init',
          verdict: 'limited',
          detail: 'neither tini nor catatonit is installed',
          cure: 'apt-get install tini',
        }
      : { what: 'init for --init', verdict: 'ok', detail: found },
  ];
}

/** @param root the state directory */
export async function diagnose(root: string): Promise<Diagnosis[]> {
  const probe = await probeKernel();
  const kernel: Diagnosis = {
    what: 'kernel',
    verdict: 'ok',
    detail: `Linux ${probe.release}, ${process.arch}, Node ${process.versions.node}`,
  };
  let cgroups: Diagnosis[];
  try {
    cgroups = diagnoseCgroups(detectCgroupHost());
  } catch (error) {
    if (!isTscontainError(error)) throw error;
    cgroups = [
      {
        what: 'cgroups',
        verdict: 'missing',
        detail: error.message,
        ...(error.hint === undefined ? {} : { cure: error.hint }),
      },
    ];
  }
  const path = process.env['PATH'] ?? '';
  const networks = await diagnoseNetworks(path, root);
  return [kernel, ...diagnoseKernel(probe), ...cgroups, ...diagnoseTools(path), ...networks];
}

const MARKS = { ok: '✓', limited: '–', missing: '✗' };

export const doctor: Command = {
  name: 'doctor',
  summary: 'What this host can and cannot do, and how to get the rest',
  description:
    'Everything is tried, nothing is guessed from version numbers, and nothing is left behind. The exit code is 1 when containers cannot run.',
  arguments: [],
  options: [{ flags: '--format <format>', description: 'json for one object a line', complete: ['json'] }],
  async run(context, _args, values) {
    requireRoot(['doctor']);
    const lines = await diagnose(context.root);
    const width = Math.max(...lines.map(({ what }) => what.length));
    for (const line of lines) {
      if (text(values, 'format') === 'json') context.print(JSON.stringify(line));
      else {
        context.print(`${MARKS[line.verdict]} ${line.what.padEnd(width)}  ${line.detail}`);
        if (line.cure !== undefined) context.print(`  ${' '.repeat(width)}  → ${line.cure}`);
      }
    }
    return lines.some(({ verdict }) => verdict === 'missing') ? EXIT.failed : EXIT.ok;
  },
};
