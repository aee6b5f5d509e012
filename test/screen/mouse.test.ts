// The mouse in the real program: borders are dragged, text is selected and copied, a split's panes are clicked.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Emulator } from '../support/emulator.js';
import { House, product } from '../support/house.js';
import { patience } from '../support/patience.js';

const WAIT_MS = patience(15_000);
let house: House;

/** A report as terminals send it (mode 1006): cells from 0, `code` as xterm counts buttons. */
const report = (code: number, x: number, y: number, released = false): string =>
  `\x1b[<${code};${x + 1};${y + 1}${released ? 'm' : 'M'}`;
const drag = (from: readonly [number, number], to: readonly [number, number]): string =>
  report(0, ...from) + report(32, from[0] + 1, from[1]) + report(32, ...to) + report(0, ...to, true);

describe('the mouse', () => {
  before(async () => {
    house = new House();
    await house.runs('talker', 'trap exit TERM; echo the quick brown fox; echo jumps; while :; do sleep 0.2; done');
  });
  after(() => house.close());

  it('drags borders, selects and copies text, and gives the keys to the pane it presses', async () => {
    const screen = new Emulator({
      columns: 120,
      rows: 36,
      command: [process.execPath, product('tscontain-tui'), '--root', house.root],
    });
    const copied: string[] = [];
    screen.terminal.parser.registerOscHandler(52, (data) => {
      copied.push(Buffer.from(data.split(';')[1] ?? '', 'base64').toString());
      return true;
    });
    try {
      await screen.waitFor('talker', WAIT_MS);
      screen.type('l');
      await screen.waitFor(/the quick brown fox/, WAIT_MS);

      const border = screen.find('┤²graphs')!.y;
      screen.type(drag([100, border], [100, border + 6]));
      await screen.waitFor(() => screen.find('┤²graphs')?.y === border + 6, WAIT_MS);

      const fox = screen.find('quick')!;
      screen.type(drag([fox.x, fox.y], [fox.x + 4, fox.y + 1]));
      await screen.waitFor('Copied 2 lines.', WAIT_MS);
      assert.deepEqual(copied, ['quick brown fox\n  jumps']);
      screen.type(drag([fox.x + 6, fox.y], [fox.x + 10, fox.y]));
      await screen.waitFor('Copied “brown”.', WAIT_MS);

      const name = screen.find('talker')!;
      screen.type(drag([name.x, name.y], [name.x + 5, name.y]));
      await screen.waitFor('Copied “talker”.', WAIT_MS);

      screen.type('e');
      await screen.waitFor(/root@[0-9a-f]{12}:/, WAIT_MS);
      screen.type('\x1d|');
      await screen.waitFor(() => screen.text().split('root@').length === 3, WAIT_MS);
      screen.type('tput cols\r');
      await screen.waitFor(/│58 /, WAIT_MS);
      const top = screen.find('┤⁸')!.y;
      screen.type(report(0, 10, top + 4) + report(0, 10, top + 4, true));
      screen.type('echo left-$((1+1))\r');
      await screen.waitFor(/^│left-2/m, WAIT_MS);
      screen.type(drag([60, top + 3], [80, top + 3]));
      await screen.waitFor(() => (screen.text().split('\n')[top] ?? '').indexOf('╭', 2) >= 79, WAIT_MS);
      screen.type('tput cols\r');
      await screen.waitFor(/^│78 /m, WAIT_MS);
      screen.type('\x1dB');
      await screen.waitFor('type into 2 shells at once?', WAIT_MS);
      screen.type('\x1b[C\r');
      await screen.waitFor('TYPING GOES TO 2 SHELLS', WAIT_MS);
      screen.type('echo both-$((2+2))\r');
      await screen.waitFor(() => screen.text().split('both-4').length === 3, WAIT_MS);
      screen.type('\x1d');
      await screen.waitFor(() => !screen.text().includes('TYPING GOES TO'), WAIT_MS);
    } finally {
      await screen.close();
    }
  });
});
