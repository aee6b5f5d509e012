// A shell tab with a pty that is not one: what a program writes is painted, what is typed reaches it as it asked.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  Canvas,
  InputParser,
  type MouseEvent,
  PLAIN,
  type TerminalEvent,
  attr,
  glyphsFor,
  trueColour,
  themeFor,
} from '../../../src/tui/screen/index.js';
import { type Pty, type PtyExit, type TerminalPane, openPane } from '../../../src/tui/terminal/index.js';
import { encodeMouse } from '../../../src/tui/terminal/mouse.js';

const look = { theme: themeFor(256), glyphs: glyphsFor(false) };

class FakePty implements Pty {
  written = '';
  readonly sizes: [number, number][] = [];
  paused = false;
  pauses = 0;
  closed = false;
  #data: (bytes: Uint8Array) => void = () => undefined;
  #exit: (exit: PtyExit) => void = () => undefined;

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#data = listener;
  }
  onExit(listener: (exit: PtyExit) => void): void {
    this.#exit = listener;
  }
  write(bytes: Uint8Array): void {
    this.written += Buffer.from(bytes).toString('latin1');
  }
  resize(columns: number, rows: number): void {
    this.sizes.push([columns, rows]);
  }
  pause(): void {
    this.paused = true;
    this.pauses += 1;
  }
  resume(): void {
    this.paused = false;
  }
  close(): void {
    this.closed = true;
  }
  says(output: string | Uint8Array): void {
    this.#data(Buffer.from(output));
  }
  ends(code: number): void {
    this.#exit({ code });
  }
}

interface Tab {
  readonly pty: FakePty;
  readonly pane: TerminalPane;
  /** How often the pane said that there is something to paint. */
  readonly changes: () => number;
  /** The program writes; resolves once all of it has been parsed. */
  says(output: string): Promise<void>;
  canvas(focused?: boolean): Canvas;
  text(): string;
}

const WIDTH = 20;
const HEIGHT = 5;

async function open(): Promise<Tab> {
  const pty = new FakePty();
  let changes = 0;
  const pane = await openPane({
    pty,
    columns: WIDTH,
    rows: HEIGHT,
    scrollback: 100,
    onChange: () => (changes += 1),
  });
  const canvas = (focused = true): Canvas => {
    const painted = Canvas.blank(WIDTH + 4, HEIGHT + 2, look);
    pane.paint(painted, { x: 2, y: 1, width: WIDTH, height: HEIGHT }, focused);
    return painted;
  };
  return {
    pty,
    pane,
    changes: () => changes,
    says: async (output) => {
      pty.says(output);
      // A cursor report comes when everything before it has been parsed.
      pty.written = '';
      pty.says('\x1b[6n');
      while (!pty.written.endsWith('R')) await new Promise((resolve) => setTimeout(resolve, 1));
      pty.written = '';
    },
    canvas,
    text: () => canvas().textIn({ x: 2, y: 1, width: WIDTH, height: HEIGHT }).trimEnd(),
  };
}

function events(bytes: string): TerminalEvent[] {
  const parser = new InputParser();
  return [...parser.feed(Buffer.from(bytes)), ...parser.flush()];
}

/** Types into the tab, as the dashboard would pass it on. */
function type(pane: TerminalPane, bytes: string): void {
  for (const event of events(bytes)) {
    if (event.type === 'key') pane.key(event);
    else if (event.type === 'paste') pane.paste(event);
  }
}

function mouse(bytes: string): MouseEvent {
  const event = events(bytes)[0]!;
  assert.ok(event.type === 'mouse');
  return event;
}

describe('what a program writes', () => {
  it('is painted in its rectangle with its colours', async () => {
    const tab = await open();
    await tab.says(
      '\x1b[1;31mred\x1b[0m \x1b[48;5;24mon blue\x1b[0m\r\n\x1b[2;3mdim\x1b[0m \x1b[38;2;255;100;0mtrue\x1b[0m',
    );
    assert.equal(tab.text(), 'red on blue\ndim true');
    const canvas = tab.canvas();
    assert.equal(canvas.cell(2, 1)![0], attr({ fg: 1, bold: true }));
    assert.equal(canvas.cell(6, 1)![0], attr({ bg: 24 }));
    assert.equal(canvas.cell(2, 2)![0], attr({ dim: true, italic: true }));
    assert.equal(canvas.cell(6, 2)![0], attr({ fg: trueColour(0xff6400) }));
    assert.equal(canvas.cell(0, 0)![0], PLAIN, 'nothing outside is touched');
    tab.pane.dispose();
  });

  it('has wide characters and marks in their cells', async () => {
    const tab = await open();
    await tab.says('漢字|ne\u0301e|😀|\r\n한글|👨\u200d👩|x\ufe0fy|');
    assert.equal(tab.text(), '漢字|ne\u0301e|😀|\n한글|👨👩|xy|');
    tab.pane.dispose();
  });

  it('has the cursor where the program has it, unless hidden, unfocused or scrolled back', async () => {
    const tab = await open();
    await tab.says('$ ls');
    assert.deepEqual(tab.canvas().cursor, { x: 6, y: 1 });
    assert.equal(tab.canvas(false).cursor, undefined);
    await tab.says('\x1b[?25l');
    assert.equal(tab.canvas().cursor, undefined);
    await tab.says('\x1bc');
    assert.deepEqual(tab.canvas().cursor, { x: 2, y: 1 }, 'a reset shows it again');
    await tab.says('x\r\n'.repeat(20));
    tab.pane.scroll(-2);
    assert.equal(tab.canvas().cursor, undefined);
    tab.pane.dispose();
  });

  it('changes the title, rings, and neither reaches the terminal raw', async () => {
    const tab = await open();
    await tab.says('\x1b]0;vim \u202eevil\x07\x07');
    assert.equal(tab.pane.title, 'vim evil');
    assert.equal(tab.pane.rang, true);
    tab.pane.clearBell();
    assert.equal(tab.pane.rang, false);
    tab.pane.dispose();
  });

  it('is answered by the emulator, not by the user’s terminal', async () => {
    const tab = await open();
    tab.pty.says('ab\x1b[6n');
    while (!tab.pty.written.includes('R')) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(tab.pty.written, '\x1b[1;3R');
    tab.pty.written = '';
    tab.pty.says('\x1b[c');
    while (!tab.pty.written.endsWith('c')) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.match(tab.pty.written, /^\x1b\[\?[\d;]+c$/);
    tab.pane.dispose();
  });

  it('is told once, until it was painted', async () => {
    const tab = await open();
    await tab.says('a');
    await tab.says('b');
    assert.equal(tab.changes(), 1);
    tab.canvas();
    await tab.says('c');
    assert.equal(tab.changes(), 2);
    tab.pane.dispose();
  });

  it('as a frame (mode 2026) is told when the frame is whole, or soon in any case', async () => {
    const tab = await open();
    await tab.says('\x1b[?2026hhalf');
    assert.equal(tab.changes(), 0);
    await tab.says('whole\x1b[?2026l');
    assert.equal(tab.changes(), 1);
    tab.canvas();
    await tab.says('\x1b[?2026hnever ended');
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(tab.changes(), 2);
    tab.pane.dispose();
  });

  it('is never more than printable cells, whatever it is', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(
          fc.constantFrom(
            '\x1b[',
            '\x1b]',
            '52;c;aGk=\x07',
            '\x1b\\',
            'ab',
            '漢',
            '\x9b',
            '\x1b[?1049h',
            '\x1b(0',
            '\u202e',
            '\x0e',
            '\x1b#8',
            '\u0300',
          ),
        )
        .map((pieces) => Buffer.from(pieces.join(''))),
    );
    const tab = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
        tab.pty.says(Buffer.concat(pieces));
        // End whatever sequence was left open, so that the question is understood.
        await tab.says('\x18\x1b\\');
        const canvas = tab.canvas();
        for (let y = 0; y < canvas.height; y++) {
          for (let x = 0; x < canvas.width; x++) {
            const ch = canvas.cell(x, y)![1];
            assert.doesNotMatch(ch, /[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
          }
        }
        assert.equal(canvas.cell(1, 1)![1], ' ');
        assert.equal(canvas.cell(2 + WIDTH, 1)![1], ' ');
      }),
      { numRuns: 200 },
    );
    tab.pane.dispose();
  });
});

describe('a flood', () => {
  it('pauses the pty while much is waiting, resumes it, and loses nothing', async () => {
    const tab = await open();
    for (let i = 0; i < 200; i++) tab.pty.says(`${'x'.repeat(4000)}\r\n`);
    assert.equal(tab.pty.paused, true);
    await tab.says('end');
    assert.equal(tab.pty.paused, false);
    assert.equal(tab.pty.pauses, 1);
    assert.ok(tab.text().endsWith('end'));
    tab.pane.dispose();
  });
});

describe('a flood that is painted', () => {
  it('is painted a few times a second, a trickle at once', async () => {
    const tab = await open();
    await tab.says('a');
    assert.equal(tab.changes(), 1);
    tab.canvas();
    const started = performance.now();
    for (let i = 0; i < 60; i++) {
      await tab.says(`${'x'.repeat(15_000)}\r\n`);
      tab.canvas();
    }
    const floodMs = performance.now() - started;
    // The first few pieces are not a flood yet.
    assert.ok(tab.changes() <= 8 + floodMs / 100, `${tab.changes()} times in ${floodMs} ms`);
    const soFar = tab.changes();
    await new Promise((resolve) => setTimeout(resolve, 350));
    tab.canvas();
    await tab.says('b');
    assert.ok(tab.changes() > soFar, 'what came last is shown');
    tab.pane.dispose();
  });
});

describe('what is typed', () => {
  it('reaches the program byte for byte', async () => {
    const tab = await open();
    type(tab.pane, 'ls é😀\r\x03\x1bx\x1b[3~\x1b[1;5C\x1bOP');
    assert.equal(Buffer.from(tab.pty.written, 'latin1').toString(), 'ls é😀\r\x03\x1bx\x1b[3~\x1b[1;5C\x1bOP');
    tab.pane.dispose();
  });

  it('as a cursor key is in the form the program asked for', async () => {
    const tab = await open();
    type(tab.pane, '\x1b[A\x1bOB');
    assert.equal(tab.pty.written, '\x1b[A\x1b[B');
    await tab.says('\x1b[?1h');
    type(tab.pane, '\x1b[A\x1b[H\x1b[1;5A');
    assert.equal(tab.pty.written, '\x1bOA\x1bOH\x1b[1;5A');
    tab.pane.dispose();
  });

  it('as a paste is bracketed where the program asked, and cannot break out', async () => {
    const tab = await open();
    type(tab.pane, '\x1b[200~a\nb\x1b[201~');
    assert.equal(tab.pty.written, 'a\rb');
    await tab.says('\x1b[?2004h');
    tab.pane.paste({ type: 'paste', text: 'x\x1b[20\x1b[201~1~; rm', raw: Buffer.alloc(0) });
    assert.equal(tab.pty.written, '\x1b[200~x; rm\x1b[201~');
    tab.pane.dispose();
  });

  it('tells of focus only where that is wanted', async () => {
    const tab = await open();
    tab.pane.focus(true);
    assert.equal(tab.pty.written, '');
    await tab.says('\x1b[?1004h');
    tab.pane.focus(true);
    tab.pane.focus(false);
    assert.equal(tab.pty.written, '\x1b[I\x1b[O');
    tab.pane.dispose();
  });
});

describe('looking back', () => {
  it('by the wheel and by shift-pageup, and typing comes back to the end', async () => {
    const tab = await open();
    await tab.says(Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\r\n'));
    assert.match(tab.text(), /line 29$/);
    tab.pane.mouse(mouse('\x1b[<64;1;1M'), 0, 0);
    assert.equal(tab.pane.scrolledBack, 3);
    assert.match(tab.text(), /^line 22/);
    type(tab.pane, '\x1b[5;2~');
    assert.equal(tab.pane.scrolledBack, 7);
    assert.equal(tab.pty.written, '', 'none of it reached the program');
    await tab.says('\r\nmore');
    assert.match(tab.text(), /^line 18/, 'new output does not move what one reads');
    type(tab.pane, 'x');
    assert.equal(tab.pane.scrolledBack, 0);
    assert.equal(tab.pty.written, 'x');
    tab.pane.dispose();
  });

  it('in a full-screen program the wheel is arrow keys', async () => {
    const tab = await open();
    await tab.says('\x1b[?1049h\x1b[?1h');
    tab.pane.mouse(mouse('\x1b[<65;1;1M'), 0, 0);
    assert.equal(tab.pty.written, '\x1bOB\x1bOB\x1bOB');
    tab.pane.dispose();
  });
});

describe('the mouse', () => {
  it('goes to a program that wants it, in its own coordinates and its own form', async () => {
    const tab = await open();
    await tab.says('\x1b[?1002h\x1b[?1006h');
    tab.pane.mouse(mouse('\x1b[<0;50;20M'), 3, 2);
    tab.pane.mouse(mouse('\x1b[<32;51;20M'), 4, 2);
    tab.pane.mouse(mouse('\x1b[<35;51;20M'), 4, 2);
    tab.pane.mouse(mouse('\x1b[<0;51;20m'), 4, 2);
    assert.equal(tab.pty.written, '\x1b[<0;4;3M\x1b[<32;5;3M\x1b[<0;5;3m', 'motion without a button is not sent');
    assert.equal(tab.pane.wantsMotion, false);
    await tab.says('\x1b[?1003h\x1b[?1006l');
    assert.equal(tab.pane.wantsMotion, true);
    tab.pane.mouse(mouse('\x1b[<0;50;20M'), 3, 2);
    assert.equal(tab.pty.written, '\x1b[M $#');
    tab.pane.dispose();
  });

  it('has each form and each mode as xterm describes them', () => {
    const press = mouse('\x1b[<0;1;1M');
    const release = mouse('\x1b[<0;1;1m');
    const bytes = (
      event: MouseEvent,
      ...rest: [number, number, Parameters<typeof encodeMouse>[3], Parameters<typeof encodeMouse>[4]]
    ): string | undefined => encodeMouse(event, ...rest)?.toString('latin1');
    assert.equal(bytes(press, 0, 0, 'none', 'sgr'), undefined);
    assert.equal(bytes(press, 0, 0, 'x10', 'legacy'), '\x1b[M !!');
    assert.equal(bytes(release, 0, 0, 'x10', 'legacy'), undefined);
    assert.equal(bytes(release, 0, 0, 'vt200', 'legacy'), '\x1b[M#!!');
    assert.equal(bytes(press, 299, 0, 'vt200', 'legacy'), undefined, 'beyond what the old form can say');
    assert.equal(bytes(press, 299, 0, 'vt200', 'urxvt'), '\x1b[32;300;1M');
    assert.equal(bytes(press, 299, 0, 'vt200', 'sgr'), '\x1b[<0;300;1M');
    assert.equal(encodeMouse(press, 299, 0, 'vt200', 'utf8')?.toString('utf8'), `\x1b[M ${String.fromCharCode(332)}!`);
  });

  it('selects where the program does not want it, or with shift, and the text is ready to copy', async () => {
    const tab = await open();
    await tab.says('hello brave world this wraps\r\nsecond');
    tab.pane.mouse(mouse('\x1b[<0;1;1M'), 6, 0);
    tab.pane.mouse(mouse('\x1b[<32;1;1M'), 10, 0);
    assert.equal(tab.pane.mouse(mouse('\x1b[<0;1;1m'), 10, 0).copy, 'brave');
    assert.notEqual(tab.canvas().cell(2 + 7, 1)![0], tab.canvas().cell(2 + 3, 1)![0]);
    // A line that the terminal has wrapped is one line when copied.
    tab.pane.mouse(mouse('\x1b[<0;1;1M'), 18, 0);
    tab.pane.mouse(mouse('\x1b[<32;1;1M'), 2, 2);
    assert.equal(tab.pane.mouse(mouse('\x1b[<0;1;1m'), 2, 2).copy, 'this wraps\nsec');
    type(tab.pane, 'x');
    assert.equal(tab.pane.mouse(mouse('\x1b[<0;1;1m'), 0, 0).copy, undefined, 'typing ends a selection');
    await tab.says('\x1b[?1000h');
    tab.pane.mouse(mouse('\x1b[<4;1;1M'), 0, 0);
    tab.pane.mouse(mouse('\x1b[<36;1;1M'), 4, 0);
    assert.equal(tab.pane.mouse(mouse('\x1b[<4;1;1m'), 4, 0).copy, 'hello');
    assert.equal(tab.pty.written, '');
    tab.pane.dispose();
  });
});

describe('its size and its end', () => {
  it('is known to the program before it writes, and after each change', async () => {
    const tab = await open();
    assert.deepEqual(tab.pty.sizes, [[WIDTH, HEIGHT]]);
    tab.pane.resize(40, 10);
    tab.pane.resize(40, 10);
    assert.deepEqual(tab.pty.sizes, [
      [WIDTH, HEIGHT],
      [40, 10],
    ]);
    tab.pane.dispose();
    assert.equal(tab.pty.closed, true);
  });

  it('is told after everything that was written before it', async () => {
    const tab = await open();
    tab.pty.says('last words');
    tab.pty.ends(3);
    while (!tab.pane.exit) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.deepEqual(tab.pane.exit, { code: 3 });
    assert.equal(tab.text(), 'last words');
    type(tab.pane, 'x');
    assert.equal(tab.pty.written, '', 'nothing is sent to what is gone');
    tab.pane.dispose();
  });
});
