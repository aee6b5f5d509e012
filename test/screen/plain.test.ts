// The plain text mode as it is used: under a terminal and through pipes, with real containers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { Emulator } from '../support/emulator.js';
import { House, product } from '../support/house.js';
import { patience } from '../support/patience.js';

const PROGRAM = product('tscontain-tui');
const WAIT_MS = patience(15_000);
let house: House;

describe('the plain text mode', () => {
  before(async () => {
    house = new House();
    await house.runs('talker', 'trap exit TERM; echo one; echo two >&2; while :; do sleep 0.2; done');
  });
  after(() => house.close());

  it('speaks in lines on a terminal: no box, no escape sequence, no line taken back', async () => {
    const screen = new Emulator({
      columns: 100,
      rows: 30,
      command: [process.execPath, PROGRAM, '--root', house.root, '--plain'],
    });
    try {
      await screen.waitFor('1 container, 1 running. Type help', WAIT_MS);
      screen.type('list\r');
      await screen.waitFor(/^talker: running for \d+ seconds?/m, WAIT_MS);
      screen.type('logs talker 5\r');
      await screen.waitFor(/^one\ntwo$/m, WAIT_MS);
      screen.type('pause talker\r');
      await screen.waitFor('Done: pause talker.', WAIT_MS);
      await screen.waitFor('talker paused.', WAIT_MS);
      screen.type('unpause talker\rkill talker\r');
      await screen.waitFor('Type yes to kill talker', WAIT_MS);
      screen.type('yes\r');
      await screen.waitFor(/talker ended with exit code 137\./, WAIT_MS);
      assert.equal(screen.terminal.buffer.active.type, 'normal', 'the terminal is not taken');
      for (const row of screen.text().split('\n')) assert.doesNotMatch(row, /[─-▟⠀-⣿]/u);
      screen.type('quit\r');
      assert.equal((await screen.ended).code, 0);
    } finally {
      await screen.close();
    }
  });

  it('works through pipes, and changes nothing where it is read only', async () => {
    const child = spawn(process.execPath, [PROGRAM, '--read-only'], {
      env: { ...process.env, TSCONTAIN_ROOT: house.root, TSCONTAIN_PLAIN: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
    child.stdin.end('start talker\nshow talker\n');
    const code = await new Promise((resolve) => child.once('close', resolve));
    assert.equal(code, 0);
    assert.match(said, /Read only\. Type help/);
    assert.match(said, /This dashboard is read only, so start is not done/);
    assert.match(said, /^talker: exited 137/m);
    assert.doesNotMatch(said, /\x1b/);
  });
});
