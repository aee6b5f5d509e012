// A dashboard that is left open and used, while containers come and go: what it and the supervisors hold does not grow.
//
// Memory is judged in the second half. Until then it fills by design: ten minutes of samples of each container, those of the last
// ten minutes' removed ones, a thousand events, the scrollback of a log. What goes on filling is steps of ten seconds for two hours,
// some 0.1 MiB a quarter of an hour for twenty containers. Medians of stretches are compared, so that garbage is no growth.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openEngine, type Engine } from '../../src/engine/index.js';
import { chance } from '../support/chance.js';
import { Churn } from '../support/churn.js';
import { Emulator } from '../support/emulator.js';
import { House, product } from '../support/house.js';
import { growthOf, Ledger, type Figures } from '../support/ledger.js';
import { eventually, patience } from '../support/patience.js';
import { cpuSeconds, vitalSigns } from '../support/vital-signs.js';
import { Visitor } from '../support/visitor.js';

const isSoak = process.env['SOAK'] !== undefined;
const MINUTES = isSoak ? Number(process.env['SOAK_MINUTES'] ?? 90) : 0.3;
const LOOK_EVERY_MS = isSoak ? 10_000 : 1000;
const TURN_EVERY_MS = isSoak ? 5000 : 1500;
const PACE_MS = isSoak ? 700 : 30;
/** How much more in one stretch of the second half than in one before it. A sample is too short for more than a coarse look. */
const MOST_GROWTH = isSoak && MINUTES >= 60 ? 0.05 : 0.3;
/** Stretches of the whole time; the second half has three of them. */
const STRETCHES = 6;
/** Descriptors more at the end than at the beginning: what a timer or a watcher holds at that very moment. */
const SPARE_DESCRIPTORS = 3;
const SIZE = [200, 50] as const;

const luck = chance();

describe(`${MINUTES} minutes of a dashboard in use while containers come and go (TEST_SEED=${luck.seed})`, () => {
  let house: House;
  let engine: Engine;
  let churn: Churn;
  let screen: Emulator;
  let visitor: Visitor;
  let probe: string;
  /** by what a process is called */
  const ledgers = new Map<string, Ledger>();
  const ofDashboard = new Ledger();

  before(async () => {
    house = new House();
    engine = await openEngine({ root: house.root, supervisorEntry: product('supervisor') });
    churn = new Churn(engine, luck);
    const names = await churn.begin();
    const named = (kind: string): string => names.find((name) => name.startsWith(kind))!;
    probe = join(house.root, 'probe');
    screen = new Emulator({
      command: [
        process.execPath,
        '--require',
        join(__dirname, 'memory-probe.program.cjs'),
        product('tscontain-tui'),
        '--root',
        house.root,
      ],
      columns: SIZE[0],
      rows: SIZE[1],
      env: { PROBE_FILE: probe },
    });
    visitor = new Visitor({
      screen,
      engine,
      luck,
      paceMs: PACE_MS,
      talker: named('talker'),
      worker: named('worker'),
      size: SIZE,
    });
    ledgers.set('the dashboard', ofDashboard);
  });
  after(async () => {
    await screen.close();
    engine.close();
    await house.close();
  });

  /** What the dashboard says of itself; it says so every few seconds, and nothing at first. */
  const parts = (): Figures => (existsSync(probe) ? (JSON.parse(readFileSync(probe, 'utf8')) as Figures) : {});

  const look = (at: number): void => {
    ofDashboard.note(at, { ...vitalSigns(screen.child.pid!), ...parts() });
    for (const pid of supervisors()) {
      const name = `supervisor ${pid}`;
      const ledger = ledgers.get(name) ?? new Ledger();
      ledgers.set(name, ledger);
      // It may have left since it was listed.
      if (existsSync(`/proc/${pid}`)) ledger.note(at, { ...vitalSigns(pid) });
    }
  };

  const supervisors = (): number[] =>
    house.supervisorPids().filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('supervisor.cjs'));

  /** Visits until the time is over, and whatever else is done beside it, each after its pause. @throws the first thing that went wrong */
  const visitUntil = async (end: number, beside: readonly (readonly [pauseMs: number, work: () => unknown])[]) => {
    let isOver = false;
    let visits = 0;
    const unlessOver = async (work: () => unknown): Promise<void> => {
      try {
        while (!isOver) await work();
      } finally {
        isOver = true;
      }
    };
    const names = Object.keys(visitor.visits);
    await Promise.all([
      unlessOver(async () => {
        await visitor.visit(names[visits % names.length]!);
        visits += 1;
        isOver ||= Date.now() >= end;
      }),
      ...beside.map(([pauseMs, work]) =>
        unlessOver(async () => {
          await work();
          await delay(pauseMs);
        }),
      ),
    ]);
    return visits;
  };

  /** A snapshot of its heap, beside this machine's other temporary files, for whoever finds out why. */
  const snapshot = async (): Promise<string> => {
    const kept = join(tmpdir(), `tscontain-soak-${process.pid}.heapsnapshot`);
    writeFileSync(`${probe}.wanted`, '');
    await eventually(() => assert.ok(existsSync(`${probe}.heapsnapshot`) && !existsSync(`${probe}.wanted`)), 60_000);
    copyFileSync(`${probe}.heapsnapshot`, kept);
    return kept;
  };

  it('leaves memory, descriptors and children where they were, and the dashboard answering', async () => {
    await screen.waitFor('talker-at-0', patience(30_000));
    // What is loaded when it is first used is no growth.
    await visitor.round();
    look(Date.now());
    const first = new Map([...ledgers].map(([name, ledger]) => [name, ledger.last]));
    const pid = screen.child.pid!;
    const cpuBefore = cpuSeconds(pid);
    const begun = Date.now();
    const visits = await visitUntil(begun + MINUTES * 60_000, [
      [TURN_EVERY_MS, () => churn.turn()],
      [LOOK_EVERY_MS, () => look(Date.now())],
    ]);
    const ended = Date.now();
    const cores = (cpuSeconds(pid) - cpuBefore) / ((ended - begun) / 1000);
    console.log(
      `# dashboard: ${((ended - begun) / 60_000).toFixed(1)} minutes, ${visits} visits, ${visitor.keys} keys, ` +
        `${churn.deeds} containers made, stopped or removed; ${(100 * cores).toFixed(1)} % of a core`,
    );
    await churn.end();
    await visitor.home();
    // One that waited for something to do may have left meanwhile.
    const stayed = [...first.keys()].filter((name) => !name.startsWith('s') || supervisors().includes(pidIn(name)));
    assert.ok(stayed.length > 1, 'there is a supervisor that was there all the time');
    await eventually(() => {
      look(Date.now());
      for (const name of stayed) assertNoMore(name, first.get(name)!, ledgers.get(name)!.last);
    }, 30_000);

    for (const name of stayed) {
      const ledger = ledgers.get(name)!;
      const MiB = ledger.medians('residentKiB', begun, ended, STRETCHES).map((KiB) => (KiB / 1024).toFixed(1));
      const [had, has] = [first.get(name)!['descriptors'], ledger.last['descriptors']];
      console.log(
        `# ${name.replace(/ \d+$/, '')}: ${MiB.join(', ')} MiB by sixths of the time; descriptors ${had} → ${has}`,
      );
    }
    for (const name of stayed) await assertFlat(name, begun, ended);

    screen.type('q');
    assert.equal((await screen.ended).code, 0, 'it is left as usual');
  });

  const pidIn = (name: string): number => Number(/\d+$/.exec(name)?.[0]);

  function assertNoMore(name: string, had: Figures, has: Figures): void {
    for (const figure of ['descriptors', 'children'] as const) {
      const most = had[figure]! + SPARE_DESCRIPTORS;
      assert.ok(has[figure]! <= most, `${figure} of ${name}: ${had[figure]}, then ${has[figure]}`);
    }
  }

  /** @throws AssertionError with everything that was read of the process, a line a figure: what grew stands out */
  async function assertFlat(name: string, begun: number, ended: number): Promise<void> {
    const ledger = ledgers.get(name)!;
    const medians = (figure: string): readonly number[] => ledger.medians(figure, begun, ended, STRETCHES);
    const growth = growthOf(medians('residentKiB').slice(STRETCHES / 2));
    if (growth <= MOST_GROWTH) return;
    const lines = ledger.names.map((figure) => `  ${figure}: ${medians(figure).join(', ')}`);
    const heap = ledger === ofDashboard ? `\nits heap is in ${await snapshot()}` : '';
    assert.fail(`${name} grew by ${(100 * growth).toFixed(1)} %; by sixths of the time:\n${lines.join('\n')}${heap}`);
  }
});
