// A key is answered at once: its frame waits neither for the next one that is due nor for a turn of the event loop, only for a
// terminal that has not taken the frame before.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/patience.js';
import { glyphsFor, openScreen, themeFor, type Screen } from '../../../src/tui/screen/index.js';

class Keyboard extends EventEmitter {
  readonly isTTY = false;
  resume(): this {
    return this;
  }
  pause(): this {
    return this;
  }
}

/** A terminal that takes what is written when it is told to. */
class Terminal extends EventEmitter {
  readonly columns = 80;
  readonly rows = 24;
  readonly fd = -1;
  private readonly waiting: (() => void)[] = [];
  isSlow = false;

  write(_text: string, taken: () => void): boolean {
    this.waiting.push(taken);
    if (!this.isSlow) setImmediate(() => this.take());
    return true;
  }

  take(): void {
    for (const taken of this.waiting.splice(0)) taken();
  }
}

/** A screen that shows how many keys were pressed, after its first frame. */
async function desk(t: TestContext): Promise<{ screen: Screen; terminal: Terminal; press: () => void }> {
  const [keyboard, terminal] = [new Keyboard(), new Terminal()];
  let keys = 0;
  const screen = openScreen({
    input: keyboard as unknown as ReadStream,
    output: terminal as unknown as WriteStream,
    look: { theme: themeFor(256), glyphs: glyphsFor('braille') },
    paint: (canvas) => void canvas.text(0, 0, `${keys} keys`, canvas.theme.text),
    onEvent: ({ type }) => {
      if (type !== 'key') return;
      keys++;
      screen.invalidate();
    },
  });
  t.after(() => screen.close());
  await eventually(() => assert.equal(screen.written.frames, 1));
  // And taken.
  await delay(20);
  return { screen, terminal, press: () => void keyboard.emit('data', Buffer.from('a')) };
}

describe('a key', () => {
  it('is answered before anything else is done', async (t) => {
    const { screen, press } = await desk(t);
    press();
    assert.equal(screen.written.frames, 2);
  });

  it('that follows at once shares the next frame with those that follow it', async (t) => {
    const { screen, press } = await desk(t);
    for (let i = 0; i < 5; i++) press();
    assert.equal(screen.written.frames, 2);
    await eventually(() => assert.equal(screen.written.frames, 3));
  });

  it('while the frame before is on its way is answered as soon as that was taken', async (t) => {
    const { screen, terminal, press } = await desk(t);
    terminal.isSlow = true;
    press();
    await delay(20);
    press();
    await delay(20);
    assert.equal(screen.written.frames, 2, 'it waits for the terminal');
    terminal.take();
    assert.equal(screen.written.frames, 3);
  });
});
