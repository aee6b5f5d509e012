// Unpacking a layer compressed with gzip on a tmpfs, beside tar(1): time, and CPU time by the entry and by the megabyte.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { wholeFile } from '../src/engine/image/layer/model.js';
import { unpackLayer } from '../src/engine/image/layer/unpack-layer.js';
import { median, report, timed } from './report.js';

const ROUNDS = 7;
const MiB = 1024 * 1024;
const root = mkdtempSync('/dev/shm/tscontain-bench-');

interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

const archive = (name: string, paths: string): string => {
  const path = join(root, name);
  execFileSync('bash', ['-c', `tar -C / -c ${paths} 2>/dev/null | gzip -6 > ${path}`]);
  return path;
};

function fresh(): string {
  const tree = join(root, 'tree');
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree);
  return tree;
}

async function ours(path: string): Promise<Cost & { entries: number; bytes: number }> {
  const tree = fresh();
  const before = process.cpuUsage();
  let facts = { entries: 0, sizeBytes: 0 };
  const ms = await timed(async () => (facts = await unpackLayer({ file: wholeFile(path), tree })));
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1000, entries: facts.entries, bytes: facts.sizeBytes };
}

/** bash has a clock for its children that counts in ms. */
function theirs(path: string): Cost {
  const script = `TIMEFORMAT='%R %U %S'; { time tar -xzpf "$1" -C "$2" --numeric-owner 2>/dev/null; } 2>&1`;
  const said = execFileSync('bash', ['-c', script, 'bash', path, fresh()], { encoding: 'utf8' });
  const [real = NaN, user = NaN, system = NaN] = said.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { ms: real * 1000, cpuMs: (user + system) * 1000 };
}

async function main(): Promise<void> {
  try {
    for (const [what, path] of [
      [
        'many small files',
        archive(
          'small',
          'usr/share/perl usr/share/doc usr/share/zoneinfo usr/lib/python3 usr/share/locale usr/include',
        ),
      ],
      ['few large files', archive('large', 'usr/bin usr/lib/x86_64-linux-gnu/lib[a-m]*.so*')],
    ] as const) {
      const runs: { ours: Awaited<ReturnType<typeof ours>>; tar: Cost }[] = [];
      await ours(path);
      for (let round = 0; round < ROUNDS; round++) runs.push({ ours: await ours(path), tar: theirs(path) });
      const { entries, bytes } = runs[0]!.ours;
      const note = `${entries} entries, ${Math.round(bytes / MiB)} MiB of ${Math.round(statSync(path).size / MiB)} MiB`;
      for (const [kind, key] of [
        ['', 'ms'],
        [', CPU', 'cpuMs'],
      ] as const) {
        report({
          what: `a layer of ${what} unpacked${kind}`,
          unit: 'ms',
          ours: median(runs.map((run) => run.ours[key])),
          peers: { 'tar -xzf': median(runs.map((run) => run.tar[key])) },
          goal: { peer: 'tar -xzf', times: 1 },
          note,
        });
      }
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
