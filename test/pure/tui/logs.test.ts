// The log lines of the Logs tab: kept within bounds, followed without starving the keyboard, read back, searched.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogEntry, LogsOptions } from '../../../src/engine/index.js';
import { LogBuffer } from '../../../src/tui/logs/buffer.js';
import { Desk } from '../../support/desk.js';
import { cpuMs } from '../../support/patience.js';

const entry = (text: string, more: Partial<LogEntry> = {}): LogEntry => ({
  time: '2026-11-21T14:05:00.000000000Z',
  stream: 'stdout',
  partial: false,
  text: Buffer.from(text),
  ...more,
});

describe('kept lines', () => {
  it('join what was written in parts, each stream by itself', () => {
    const buffer = new LogBuffer('x');
    buffer.add(entry('one ', { partial: true }));
    buffer.add(entry('error', { stream: 'stderr' }));
    buffer.add(entry('line', { partial: true }));
    buffer.add(entry('.'));
    buffer.add(entry('next'));
    assert.deepEqual(
      Array.from({ length: buffer.length }, (_, i) => buffer.at(i).text),
      ['one line.', 'error', 'next'],
    );
  });

  it('are bounded in number, and say how far indices have moved', () => {
    const buffer = new LogBuffer('x');
    for (let i = 0; i < 120_000; i++) buffer.add(entry(String(i)));
    assert.equal(buffer.length, 50_000);
    assert.equal(buffer.base, 70_000);
    assert.equal(buffer.at(0).text, '70000');
  });

  it('are bounded in length, whatever a container writes without a newline', () => {
    const buffer = new LogBuffer('x');
    const part = 'x'.repeat(16_384);
    for (let i = 0; i < 6000; i++) buffer.add(entry(part, { partial: true }));
    assert.deepEqual([buffer.length, buffer.at(0).text.length], [1, 65_536]);
    const many = new LogBuffer('y');
    for (let i = 0; i < 3000; i++) many.add(entry(part));
    assert.equal(many.length, 1024, 'lines of 16 KiB, 16 MiB in all');
  });

  it('take older ones before the oldest', () => {
    const buffer = new LogBuffer('x');
    buffer.add(entry('open', { partial: true }));
    assert.equal(buffer.prepend([{ time: '', stream: 'stdout', text: 'older', source: 0 }]), 1);
    buffer.add(entry(' end'));
    assert.equal(buffer.base, -1);
    assert.deepEqual([buffer.at(0).text, buffer.at(1).text], ['older', 'open end']);
  });
});

/** A container that has written `count` lines, numbered, a millisecond apart. */
function writing(desk: Desk, count: number): void {
  const began = desk.world.clock.now() - count;
  const line = (i: number): LogEntry => ({
    ...entry(`line ${i}`),
    time: `${new Date(began + i).toISOString().slice(0, -1)}000000Z`,
  });
  desk.world.engine.logBatches = async function* (_ref, { tail = count, until, follow, signal }: LogsOptions = {}) {
    const end = until === undefined ? count : Math.min(count, until - began + 1);
    yield await Promise.resolve(
      Array.from({ length: Math.min(tail, end) }, (_, i) => line(Math.max(0, end - tail) + i)),
    );
    if (follow === true)
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
  };
}

async function until(desk: Desk, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds(), desk.text());
}

describe('the Logs tab', () => {
  it('shows the end, scrolls back, and holds still while lines come', async () => {
    const desk = await Desk.open();
    writing(desk, 5000);
    await desk.type('l');
    await until(desk, () => desk.text().includes('line 4999'));
    assert.match(desk.text(), /following/);
    await desk.type('pageup');
    assert.match(desk.text(), /held/);
    assert.doesNotMatch(desk.text(), /line 4999/);
    await desk.type('G');
    assert.match(desk.text(), /line 4999/);
    assert.match(desk.text(), /following/);
    desk.close();
  });

  it('reads older lines when one comes to the oldest, and stays on the line that was read', async () => {
    const desk = await Desk.open();
    writing(desk, 5000);
    await desk.type('l');
    await until(desk, () => desk.text().includes('line 4999'));
    await desk.type('home');
    await until(desk, () => desk.text().includes('line 3000'));
    await desk.type('up', 'up');
    await until(desk, () => desk.text().includes('line 2998'));
    assert.match(desk.text(), /line 3010/);
    desk.close();
  });

  it('finds text, walks from match to match, and says when there is none', async () => {
    const desk = await Desk.open();
    writing(desk, 3000);
    await desk.type('l');
    await until(desk, () => desk.text().includes('line 2999'));
    await desk.type('/', '2500', 'enter');
    assert.match(desk.text(), /line 2500/);
    assert.match(desk.text(), /\/2500: 1 of 1/);
    await desk.type('/', 'backspace', 'backspace', 'backspace', 'backspace', 're:line 2[58]\\d7$', 'enter');
    assert.match(desk.text(), /re:line 2\[58\]\\d7\$: 1 of 20/);
    await desk.type('N', 'N');
    assert.match(desk.text(), /: 19 of 20/);
    await desk.type('n', 'n', 'n');
    assert.match(desk.text(), /: 2 of 20/);
    await desk.type('/', ...Array<string>(17).fill('backspace'), 'nowhere', 'enter');
    assert.match(desk.text(), /nowhere: not found/);
    await desk.type('/', ...Array<string>(7).fill('backspace'), 're:(a', 'enter');
    assert.match(desk.notice, /“re:\(a” cannot be searched for: a \( is not closed/);
    desk.close();
  });

  it('wraps or cuts a line of any length without working through it', async () => {
    const desk = await Desk.open();
    desk.world.engine.logBatches = async function* () {
      yield await Promise.resolve([entry('x'.repeat(90_000_000)), entry('after')]);
    };
    await desk.type('l');
    await until(desk, () => desk.text().includes('after'));
    // Work in proportion to such a line takes minutes; what is asked for here is the screenful.
    const began = cpuMs();
    for (const key of ['w', 'right', 'w', 'pageup', 'home', 'end']) {
      await desk.type(key);
      desk.text();
    }
    assert.ok(cpuMs() - began < 5000, `${(cpuMs() - began).toFixed(0)} ms`);
    desk.close();
  });

  it('shows when a line was written, and which went to stderr', async () => {
    const desk = await Desk.open();
    await desk.type('l', 't');
    assert.match(desk.text(), /\d\d:\d\d:\d\d\.\d\d\d .*GET/);
    assert.match(desk.text(), /│10\.0\.3/);
    desk.close();
  });

  it('leaves the loop its turns while a container floods, and goes on at the end', async () => {
    const desk = await Desk.open();
    let asked = 0;
    desk.world.engine.logBatches = async function* (_ref, { signal }: LogsOptions = {}) {
      asked += 1;
      // A writer that is never caught up with: its lines are older by the minute.
      for (let i = 0; signal?.aborted !== true && i < 5000; i++) {
        const time = new Date(desk.world.clock.now() + 1 - (asked === 1 ? 0 : 1)).toISOString();
        yield await Promise.resolve(Array.from({ length: 1000 }, () => entry('flood', { time })));
      }
    };
    await desk.type('l');
    let turns = 0;
    const end = Date.now() + 300;
    while (Date.now() < end) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    assert.ok(turns > 50, `${turns} turns in 300 ms`);
    desk.close();
  });
});
