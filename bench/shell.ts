// `cat` of 20 MB in a shell tab of the dashboard, beside the same in tmux: from the key that starts it to the last line on screen.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Emulator } from '../test/support/emulator.js';
import { House } from '../test/support/house.js';
import { isInstalled } from './peers.js';
import { interleaved, report } from './report.js';

const MEGABYTES = 20;
const ROUNDS = 7;
const COLUMNS = 120;
const ROWS = 40;

/** Lines of 80 characters, as a log has them. */
function lines(bytes: number): string {
  const line = (n: number) =>
    `${String(n).padStart(8, '0')} ${'the quick brown fox jumps over the lazy dog '.repeat(2).slice(0, 70)}\n`;
  return Array.from({ length: bytes / 80 }, (_, n) => line(n)).join('');
}

/** ms from the return key to the mark that is printed after the file */
async function cat(screen: Emulator, path: string, round: number): Promise<number> {
  const mark = `done-${round}-`;
  screen.type(`cat ${path}; echo ${mark}$((40+2))`);
  await screen.settle(150);
  const begun = process.hrtime.bigint();
  screen.type('\r');
  await screen.waitFor(`${mark}42`, 60_000);
  const ms = Number(process.hrtime.bigint() - begun) / 1e6;
  screen.type('clear\r');
  await screen.settle(200);
  return ms;
}

async function main(): Promise<void> {
  const house = new House();
  const folder = mkdtempSync(join(tmpdir(), 'tscontain-bench-'));
  const file = join(folder, 'lines');
  writeFileSync(file, lines(MEGABYTES * 1_000_000));
  await house.ok('run', '-d', '--name', 'box', '-v', `${folder}:/data:ro`, 'base', 'sleep', '1000');
  const size = { columns: COLUMNS, rows: ROWS };
  const dashboard = new Emulator({
    command: [process.execPath, resolve('dist/tscontain-tui.cjs'), '--root', house.root],
    ...size,
  });
  const tmux = isInstalled('tmux')
    ? new Emulator({
        command: ['tmux', '-f', '/dev/null', '-L', `bench-${process.pid}`, 'new-session', 'bash', '--norc'],
        ...size,
      })
    : undefined;
  try {
    await dashboard.waitFor(' box ', 15_000);
    dashboard.type('e');
    await dashboard.waitFor('root@', 15_000);
    await tmux?.waitFor('bash', 10_000);
    let round = 0;
    const { tab, ...peers } = (await interleaved(
      {
        tab: () => cat(dashboard, '/data/lines', (round += 1)),
        ...(tmux === undefined ? {} : { tmux: () => cat(tmux, file, round) }),
      },
      ROUNDS,
    )) as Record<string, number> & { tab: number };
    report({
      what: `cat of ${MEGABYTES} MB in a shell tab`,
      unit: 'ms',
      ours: tab,
      peers,
      goal: { peer: 'tmux', times: 1.5 },
    });
  } finally {
    tmux?.type('exit\r');
    await tmux?.close();
    await dashboard.close();
    await house.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
