// The terminal's edge under a real pty: what a person sees, and what is left of the terminal afterwards.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Emulator } from '../../support/emulator.js';
import { assertGivenBack } from '../../support/given-back.js';

const gallery = join(__dirname, 'gallery.program.cjs');
const opened: Emulator[] = [];

async function open(
  options: { columns?: number; rows?: number; env?: Record<string, string> } = {},
): Promise<Emulator> {
  const screen = new Emulator({ columns: 100, rows: 24, ...options, command: [process.execPath, gallery] });
  opened.push(screen);
  await screen.waitFor('dialog');
  return screen;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((screen) => screen.close()));
});

describe('the terminal is taken', () => {
  it('with an alternate screen, mouse, brackets around pastes, focus reports', async () => {
    const screen = await open();
    assert.equal(screen.terminal.buffer.active.type, 'alternate');
    assert.equal(screen.terminal.modes.mouseTrackingMode, 'drag');
    assert.equal(screen.terminal.modes.bracketedPasteMode, true);
    assert.equal(screen.terminal.modes.sendFocusMode, true);
  });
});

describe('the terminal is given back', () => {
  it('when the program ends by itself', async () => {
    const screen = await open();
    screen.type('q');
    assert.deepEqual(await screen.ended, { code: 0, signal: null });
    await screen.waitFor('left with: backup makes 91 % of the writes');
    assertGivenBack(screen);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
    it(`by ${signal}, of which it then dies`, async () => {
      const screen = await open();
      screen.child.kill(signal);
      assert.deepEqual(await screen.ended, { code: null, signal });
      await screen.settle();
      assertGivenBack(screen);
    });
  }

  for (const [key, how] of [
    ['x', 'thrown'],
    ['r', 'rejected'],
  ] as const) {
    it(`after an error that nobody caught (${how}), which is then told where one can read it`, async () => {
      const screen = await open();
      screen.type(key);
      assert.deepEqual(await screen.ended, { code: 1, signal: null });
      await screen.waitFor(`Error: ${how} on purpose`);
      assertGivenBack(screen);
    });
  }

  it('while it is stopped, and taken again when it goes on', async () => {
    const screen = await open();
    screen.child.kill('SIGTSTP');
    await screen.waitFor(() => screen.terminal.buffer.active.type === 'normal');
    assertGivenBack(screen);
    while (!/\) T /.test(readFileSync(`/proc/${screen.child.pid}/stat`, 'utf8'))) await sleep(5);
    screen.resize(90, 20);
    screen.child.kill('SIGCONT');
    await screen.waitFor('90x20');
    assert.equal(screen.terminal.buffer.active.type, 'alternate');
    assert.equal(screen.terminal.modes.mouseTrackingMode, 'drag');
    screen.type('q');
    assert.deepEqual(await screen.ended, { code: 0, signal: null });
  });

  it('and nothing is left behind when the terminal itself goes away', async () => {
    const screen = await open();
    await screen.close();
    assert.deepEqual(await screen.ended, { code: null, signal: 'SIGHUP' });
  });
});

describe('frames', () => {
  it('come between brackets that show them at once', async () => {
    const screen = await open();
    const frames = screen.transcript().split('\x1b[?2026h').slice(1);
    assert.ok(frames.length >= 1);
    for (const frame of frames) assert.ok(frame.includes('\x1b[?2026l'));
  });

  it('are not made where nothing changed', async () => {
    const screen = await open();
    await screen.settle();
    const before = screen.output.length;
    // A key that means nothing: the app asks for a frame, and there is nothing in it.
    screen.type('zzz');
    await screen.settle(200);
    assert.equal(screen.output.length, before);
  });

  it('write little for a little change', async () => {
    const screen = await open({ columns: 200, rows: 50 });
    await screen.settle();
    const before = screen.transcript().length;
    screen.type('j');
    await screen.waitFor(() => screen.transcript().length > before);
    await screen.settle();
    const written = screen.transcript().length - before;
    assert.ok(written > 0 && written < 4000, `${written} characters for two rows`);
  });

  it('follow the size of the terminal', async () => {
    const screen = await open();
    for (const [columns, rows] of [
      [160, 45],
      [60, 12],
      [20, 4],
      [100, 24],
    ] as const) {
      screen.resize(columns, rows);
      if (columns >= 60) await screen.waitFor(`${columns}x${rows}`);
      await screen.waitFor(() => screen.row(rows - 1).endsWith('╯') && screen.row(1).length === columns);
    }
  });

  it('hold no sequence but ours, whatever the names of things are', async () => {
    const screen = await open();
    screen.type('3');
    await screen.waitFor('line 499');
    for (const piece of screen.transcript().split('\x1b').slice(1)) {
      assert.match(piece, /^(\[[\d;]*[HCJm]|\[\?(1049|25|2004|1004|1000|1002|1006|2026)[hl]|\]2;gallery\x07)/);
    }
    assert.ok(screen.terminal.buffer.active.type === 'alternate');
  });

  it('show hostile names for what they are, in their column', async () => {
    const screen = await open();
    assert.match(screen.row(11), /^│ ● evil␛\[2J␛\]0;x␇ +nginx/);
    assert.equal(screen.find('evil')!.x, screen.find('web')!.x);
    // Behind a name in wide characters, and behind one with an emoji, the next column begins where it begins elsewhere.
    const image = screen.find('nginx')!.x;
    assert.equal(screen.cellAt(image, screen.find('数据库')!.y).char, 'p');
    assert.equal(screen.cellAt(image, screen.find('emoji😀box')!.y).char, 'n');
    for (let y = 3; y < 12; y++) assert.equal(screen.cellAt(99, y).char, '│', 'no row is shifted by what stands in it');
  });
});

describe('a terminal that does not read', () => {
  const stalled = async (): Promise<Emulator> => {
    const screen = await open({ columns: 200, rows: 50, env: { GALLERY_TICK_MS: '5' } });
    screen.stall();
    // Long enough for frames to fill every buffer on the way.
    await sleep(1500);
    return screen;
  };

  it('is right again once it reads', async () => {
    const screen = await stalled();
    screen.read();
    screen.type('d');
    await screen.waitFor('remove web?');
  });

  it('does not keep the program from ending', async () => {
    const screen = await stalled();
    screen.child.kill('SIGTERM');
    const ended = await Promise.race([screen.ended, sleep(3000, 'it still runs')]);
    assert.deepEqual(ended, { code: null, signal: 'SIGTERM' });
  });
});

describe('colours and signs', () => {
  it('are of the 256 where the terminal has them', async () => {
    const screen = await open({ env: { TERM: 'xterm-256color' } });
    const at = screen.find('●')!;
    assert.equal(screen.cellAt(at.x, at.y).fg, 114);
  });

  it('are of the sixteen where it has no more', async () => {
    const screen = await open({ env: { TERM: 'xterm' } });
    assert.doesNotMatch(screen.transcript(), /[34]8;5;/);
    const at = screen.find('●')!;
    assert.equal(screen.cellAt(at.x, at.y).fg, 10);
  });

  it('are ASCII without a UTF-8 locale, and on the Linux console', async () => {
    for (const env of [{ LANG: 'C' }, { LANG: 'C', LC_ALL: 'POSIX' }, { TERM: 'linux' }] as Record<string, string>[]) {
      const screen = await open({ env });
      assert.match(screen.transcript(), /^[\x07\x0a\x0d\x1b\x20-\x7e]*$/);
      assert.ok(screen.row(1).startsWith('+-[1table]'), screen.row(1));
      await screen.close();
    }
  });
});

describe('mouse and keyboard', () => {
  it('reach what is under them', async () => {
    const screen = await open();
    const row = screen.find('reports')!;
    const before = screen.cellAt(row.x, row.y).bg;
    screen.click(row.x, row.y);
    await screen.waitFor(() => screen.cellAt(row.x, row.y).bg !== before);
    const tab = screen.find('form')!;
    screen.click(tab.x, tab.y);
    await screen.waitFor('restart');
    screen.type('\x1b');
    await screen.waitFor('cores');
    const key = screen.find('palette')!;
    screen.click(key.x, key.y);
    await screen.waitFor('commands');
  });

  it('a paste is one event, and never keys', async () => {
    const screen = await open();
    screen.type('\x1b[200~q\nq\x1b[201~');
    await screen.waitFor('pasted "q\\nq"');
  });

  it('escape is told from the sequences that begin with it', async () => {
    const screen = await open();
    screen.type('d');
    await screen.waitFor('remove web?');
    screen.type('\x1b[C\x1b[D\x1b[C');
    await screen.settle();
    screen.type('\x1b');
    await screen.waitFor('cancelled');
  });

  it('a dialog does nothing by enter alone', async () => {
    const screen = await open();
    screen.type('d');
    await screen.waitFor('remove web?');
    screen.type('\r');
    await screen.waitFor('pressed cancel');
    screen.type('d');
    await screen.waitFor('remove web?');
    screen.type('\x1b[C\r');
    await screen.waitFor('pressed remove');
  });
});

describe('a shell tab', () => {
  const inShell = async (
    env: Record<string, string> = {},
    size: { columns?: number; rows?: number } = {},
  ): Promise<Emulator> => {
    const screen = await open({ ...size, env });
    screen.type('5');
    return screen;
  };

  it('is a real terminal with its own size from the first prompt on', async () => {
    const screen = await inShell();
    await screen.waitFor('$ ');
    screen.type('stty size; tty; echo $TERM\r');
    await screen.waitFor('21 98');
    await screen.waitFor(/\/dev\/pts\/\d+/);
    screen.resize(80, 20);
    await screen.waitFor('80x20');
    screen.type('stty size\r');
    await screen.waitFor('17 78');
  });

  it('shows colours, wide characters and the cursor where they belong', async () => {
    const screen = await inShell();
    await screen.waitFor('$ ');
    screen.type("clear; printf '\\033[1;38;5;208m%s\\033[0m漢字|\\n' 'orange'\r");
    await screen.waitFor('orange漢字|');
    const at = screen.find('orange漢字|')!;
    assert.deepEqual([screen.cellAt(at.x, at.y).fg, screen.cellAt(at.x, at.y).bold], [208, true]);
    await screen.settle();
    assert.deepEqual(screen.cursor, { x: 3, y: at.y + 1 });
  });

  it('runs what draws the whole screen, and survives it', async () => {
    const screen = await inShell({ GALLERY_SHELL: 'less -R /etc/services' });
    await screen.waitFor('tcpmux');
    const first = screen.row(2);
    screen.type(' ');
    await screen.waitFor(() => screen.row(2) !== first);
    assert.ok(screen.row(1).startsWith('╭─┤'), 'the frame is untouched');
    screen.type('q');
    screen.type('\x1d');
    await screen.waitFor('cores');
  });

  it('keeps the user’s clipboard and title from what runs inside', async () => {
    const screen = await inShell();
    await screen.waitFor('$ ');
    screen.type("printf '\\033]52;c;aGVsbG8=\\007\\033]0;owned\\007\\033[?1049l\\033c'; echo still here\r");
    await screen.waitFor('still here');
    assert.ok(!screen.transcript().includes('\x1b]52'));
    assert.ok(!screen.transcript().includes('\x1b]0'));
    assert.ok(!screen.transcript().includes('\x1bc'));
    assert.ok(screen.row(1).startsWith('╭─┤'));
  });

  it('copies what is selected in it by OSC 52 of the dashboard’s own', async () => {
    const screen = await inShell();
    await screen.waitFor('$ ');
    screen.type('clear; echo copy-me\r');
    await screen.waitFor(/^│copy-me/m);
    const { x, y } = { x: 1, y: screen.find('│copy-me')!.y };
    screen.type(`\x1b[<0;${x + 1};${y + 1}M\x1b[<32;${x + 7};${y + 1}M\x1b[<0;${x + 7};${y + 1}m`);
    await screen.settle();
    assert.ok(screen.transcript().includes(`\x1b]52;c;${Buffer.from('copy-me').toString('base64')}\x07`));
  });

  it('takes every key but the way out, interrupts included', async () => {
    const screen = await inShell();
    await screen.waitFor('$ ');
    screen.type('sleep 100\r');
    await screen.settle();
    screen.type('\x03');
    await screen.waitFor('^C');
    screen.type('echo q$((20+3))\r');
    await screen.waitFor('q23');
    screen.type('\x1d');
    await screen.waitFor('cores');
    screen.type('5');
    await screen.waitFor('q23');
  });

  it('floods without deafening the keyboard', async () => {
    const screen = await inShell({ GALLERY_SHELL: 'yes' });
    await screen.waitFor(/^│y/m);
    const started = performance.now();
    screen.type('\x1d');
    await screen.waitFor('cores', 2000);
    assert.ok(performance.now() - started < 1000);
  });
});
