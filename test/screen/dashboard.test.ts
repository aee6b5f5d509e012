// The real program under a real pty with real containers: what a person sees, from the first key to the last.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Emulator } from '../support/emulator.js';
import { House, product } from '../support/house.js';
import { patience } from '../support/patience.js';

const PROGRAM = product('tscontain-tui');
const WAIT_MS = patience(15_000);

let house: House;
const screens: Emulator[] = [];

function open(size: { columns?: number; rows?: number } = {}, ...flags: string[]): Emulator {
  const screen = new Emulator({
    columns: 120,
    rows: 36,
    ...size,
    command: [process.execPath, PROGRAM, '--root', house.root, ...flags],
  });
  screens.push(screen);
  return screen;
}

/** Waits for what is to be seen, with the patience of a busy machine. */
const see = (screen: Emulator, wanted: string | RegExp): Promise<void> => screen.waitFor(wanted, WAIT_MS);

afterEach(async () => {
  await Promise.all(screens.splice(0).map((screen) => screen.close()));
});

describe('the dashboard', () => {
  before(() => {
    house = new House();
  });
  after(() => house.close());

  it('says in one sentence what is missing, and leaves with 1', () => {
    const piped = spawnSync(process.execPath, [PROGRAM], { encoding: 'utf8' });
    assert.equal(piped.status, 1);
    assert.match(piped.stderr, /^tscontain-tui: a dashboard needs a terminal: [^\n]*\n$/);
    const wrong = spawnSync(process.execPath, [PROGRAM, '--colours', '17'], { encoding: 'utf8' });
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /^tscontain-tui: --colours 17 cannot be: give auto, truecolour, 256, 16, none[^\n]*\n$/);
    const unknown = spawnSync(process.execPath, [PROGRAM, '--wat'], { encoding: 'utf8' });
    assert.equal(unknown.status, 1);
    assert.match(unknown.stderr, /^tscontain-tui: [^\n]*--wat[^\n]*\n$/);
  });

  it('says what is wrong with a state directory, and can be left', async () => {
    const screen = new Emulator({
      columns: 120,
      rows: 36,
      command: [process.execPath, PROGRAM, '--root', '/proc/version/x'],
    });
    screens.push(screen);
    await see(screen, /\/proc\/version/);
    screen.type('n\r');
    await sleep(300);
    screen.type('\x1b');
    await sleep(200);
    screen.type('q');
    assert.equal((await screen.ended).code, 0);
  });

  it('says what to type to somebody who is not root', async () => {
    const command = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, PROGRAM] as const;
    const screen = new Emulator({ columns: 100, rows: 10, command: [...command] });
    screens.push(screen);
    await see(screen, 'needs root: type  sudo tscontain-tui');
    assert.equal((await screen.ended).code, 1);
  });

  it('shows a first visitor what to press, and runs a first container with two keys', async () => {
    const screen = open();
    await see(screen, 'Nothing runs here yet.');
    assert.match(screen.text(), /n {3}run your first container/);
    screen.type('n');
    await see(screen, 'run a container');
    screen.type('\t');
    screen.type('first\r');
    await see(screen, /root@[0-9a-f]{12}:/);
    screen.type('echo $((6*7)) $(hostname | wc -c) $$\r');
    await see(screen, /^│42 13 1 /m);
    screen.type('exit\r');
    await see(screen, /first +base +exited 0/);
    screen.type('d');
    await see(screen, 'remove first?');
    screen.type('\x1b[C\r');
    await see(screen, 'Nothing runs here yet.');
  });

  it('shows a busy container, and bends its use with a limit', async () => {
    await house.runs('noisy', 'trap exit TERM; while :; do :; done');
    const screen = open();
    await see(screen, /noisy +base .* (0\.(0[4-9]|[1-9]\d)|1\.\d\d)\/–/);
    screen.type('u');
    await see(screen, 'limits of noisy');
    screen.type('0.02\r');
    await see(screen, 'noisy has new limits');
    await see(screen, /noisy +base .* 0\.0[0-3]\/0\.02 .*thr/);
    assert.equal((await house.inspect('noisy')).HostConfig['NanoCpus'], 2e7);
    screen.type('\x1a');
    await see(screen, 'The limits of noisy are as they were.');
    assert.equal((await house.inspect('noisy')).HostConfig['NanoCpus'], 0);
    screen.type('q');
    assert.equal((await screen.ended).code, 0);
    assert.match(await house.ok('ps'), /noisy/, 'leaving leaves it running');
  });

  it('opens a shell that is a real terminal, in a tab of its own', async () => {
    const screen = open();
    await see(screen, 'noisy');
    screen.type('e');
    await see(screen, /root@[0-9a-f]{12}:/);
    screen.type('tput cols; printf "\\033[1;31mred\\033[0m wide 漢字 end\\n"; echo "é$TERM"\r');
    await see(screen, 'éxterm-256color');
    await see(screen, 'red wide 漢字 end');
    const red = screen.find('red wide')!;
    assert.equal(screen.cellAt(red.x, red.y).bold, true);
    assert.ok(screen.text().includes('\n│118 '), 'as wide as the pane');
    screen.resize(100, 30);
    await sleep(300);
    screen.type('clear; tput cols\r');
    await see(screen, /\n│98 /);
    // The way out, and the other tab goes on by itself.
    screen.type('sleep 1; echo done-while-away\r');
    screen.type('\x1d1');
    await see(screen, '⏎ open');
    await sleep(1200);
    screen.type('7');
    await see(screen, /^│done-while-away/m);
    screen.type('\x1dq');
    await see(screen, 'leave the dashboard?');
    screen.type('\x1b[C\r');
    assert.equal((await screen.ended).code, 0);
  });

  it("watches a container's own terminal, and takes its keys when asked to", async () => {
    await house.ok('run', '-dit', '--name', 'tty', 'base', 'sh');
    const screen = open();
    await see(screen, 'tty ');
    screen.type('/tty\ra');
    await see(screen, 'watching only');
    // What is typed before the keys are there waits for them.
    screen.type('\recho as-pid-$$\r');
    await see(screen, 'as-pid-1');
    screen.type('\x1dw');
    await screen.waitFor(() => !screen.text().includes('⁸'), WAIT_MS);
    assert.equal((await house.inspect('tty')).State['Status'], 'running', 'closing the tab leaves it running');
    await house.ok('rm', '-f', 'tty');
  });

  it('tells of a container that was killed for memory', async () => {
    const screen = open();
    await see(screen, 'noisy');
    await house.run('run', '-d', '--name', 'hog', '-m', '16m', 'base', 'sh', '-c', 'tail /dev/zero');
    await see(screen, /hog +base +OOM-killed at 16M/);
    screen.type('v');
    await see(screen, /hog +ran out of memory/);
    screen.type('\x1b');
    await house.ok('rm', 'hog');
    await screen.waitFor(() => !/hog +base/.test(screen.text()), WAIT_MS);
  });

  it('shows the same containers with their logs after it was killed, and its shell opens', async () => {
    await house.runs('talker', 'i=0; while :; do i=$((i+1)); echo line-$i; sleep 0.2; done');
    const first = open();
    await see(first, 'talker');
    first.child.kill('SIGKILL');
    await first.ended;
    const second = open();
    await see(second, 'talker');
    second.type('/talker\r');
    await see(second, '/talker├');
    second.type('l');
    await see(second, 'line-1 ');
    await see(second, /line-\d\d/);
    second.type('\x1b');
    await see(second, '⏎ open');
    second.type('e');
    await see(second, /root@[0-9a-f]{12}:/);
    second.type('echo in-$((1+1))\r');
    await see(second, /^│in-2/m);
    second.type('exit\r');
    await see(second, 'has ended');
  });

  it('counts down the grace of a stop, and kills at once when asked to', async () => {
    await house.ok(
      'run',
      '-d',
      '--name',
      'deaf',
      '--stop-timeout',
      '60',
      'base',
      'sh',
      '-c',
      'trap "" TERM; while :; do sleep 1; done',
    );
    const screen = open();
    await see(screen, 'deaf');
    screen.type('/deaf\rt');
    await see(screen, /stopping 5\ds/);
    screen.type('\x0b');
    await see(screen, 'kill deaf?');
    screen.type('\x1b[C\r');
    await see(screen, /deaf +base +exited 137/);
    screen.type('d');
    await see(screen, 'remove deaf?');
    screen.type('\x1b[C\r');
    await see(screen, 'Nothing fits /deaf');
  });

  it('shows the steps of a launch, and the processes inside', async () => {
    const screen = open();
    await see(screen, 'noisy');
    screen.type('6');
    await see(screen, /\d+ steps in [\d.]+ ms/);
    await see(screen, 'pivot_root');
    screen.type('4');
    await see(screen, /1 +\d+ +0 [RS].*while :; do :; done/);
  });

  it('gives the terminal back when it is told to end', async () => {
    const screen = open();
    await see(screen, 'noisy');
    assert.equal(screen.terminal.buffer.active.type, 'alternate');
    screen.child.kill('SIGTERM');
    await screen.ended;
    await screen.settle();
    assert.equal(screen.terminal.buffer.active.type, 'normal');
    assert.equal(screen.terminal.modes.mouseTrackingMode, 'none');
  });

  it('starts the demo, all of it, and again where some of it is there', async () => {
    await house.ok('rm', '-f', 'noisy', 'talker');
    const screen = open();
    await see(screen, 'Nothing runs here yet.');
    screen.type('d');
    await see(screen, 'The demo runs');
    for (const name of ['demo-web', 'demo-db', 'demo-backup', 'demo-noisy']) await see(screen, name);
    await see(screen, /demo +4 of 4/);
    await house.ok('rm', '-f', 'demo-web');
    screen.type(':demo\r');
    await see(screen, /demo +4 of 4/);
  });

  it('speaks plain ASCII in sixteen colours where that is all there is', async () => {
    const screen = open({ columns: 80, rows: 24 }, '--ascii', '--colours', '16');
    await see(screen, 'demo-db');
    for (const row of screen.cells()) {
      for (const { char, fg, bg } of row) {
        assert.match(char, /^[\x20-\x7e]?$/);
        for (const colour of [fg, bg])
          assert.ok(colour === undefined || (typeof colour === 'number' && colour < 16), String(colour));
      }
    }
    screen.resize(70, 20);
    await see(screen, 'needs 80x24, this is 70x20');
    screen.resize(80, 24);
    await see(screen, 'demo-db');
  });

  // That it is noticed and cured is told by npm run record: how soon depends on what else the machine does.
  it('names the key that wakes the noisy one of the demo, and takes all of the demo away at the end', async () => {
    const screen = open({}, '--demo');
    await see(screen, 'W wakes the noisy one');
    screen.type('W');
    await see(screen, 'demo-noisy wakes within a second.');
    screen.type('q');
    await screen.ended;
    assert.doesNotMatch(await house.ok('ps', '-a'), /demo-/);
  });
});
