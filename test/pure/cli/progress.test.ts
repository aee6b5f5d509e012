// Bars of the command line: a line a layer, as wide as the terminal, written again in place; plain lines where there is none.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import headless from '@xterm/headless';
import fc from 'fast-check';
import { lineText, plainLine, progressLines, timeLeft, type Room } from '../../../src/cli/progress.js';
import { LiveLines, showTransfer } from '../../../src/cli/progress-writer.js';
import { TransferTally, type TransferEvent, type TransferPhase } from '../../../src/engine/index.js';

const MiB = 1024 ** 2;
const event = (n: number, phase: TransferPhase, current = 0, more: Partial<TransferEvent> = {}): TransferEvent => ({
  digest: `sha256:${String(n).repeat(64).slice(0, 64)}`,
  what: 'layer',
  phase,
  current,
  total: 31 * MiB,
  ...more,
});

/** A terminal of a size that can be changed, and what is to be seen on it. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly terminal: headless.Terminal;
  written = '';
  writes = 0;

  constructor(
    public columns: number,
    public rows: number,
  ) {
    super({ decodeStrings: false });
    this.terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.writes += 1;
    this.written += chunk.toString();
    this.terminal.write(chunk.toString(), done);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    Object.assign(this, { columns, rows });
  }

  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }

  async text(): Promise<string[]> {
    await new Promise<void>((resolve) => this.terminal.write('', resolve));
    const { active } = this.terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)!.translateToString(true));
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }
}

const ROOM: Room = { columns: 100, rows: 24, ascii: false, now: 1_002_000 };

function progress(events: readonly TransferEvent[]) {
  let now = 1_000_000;
  const tally = new TransferTally(() => now);
  for (const one of events) {
    tally.add(one);
    now += 250;
  }
  return tally.progress();
}

describe('the lines of a transfer', () => {
  const events = [
    event(1, 'done', 31 * MiB),
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => event(2, 'moving', n * 2 * MiB)),
    event(3, 'retrying', 0, { why: 'connection \x1b[2Jreset', retryInMs: 3000 }),
    event(4, 'waiting'),
    event(5, 'unpacking', 20 * MiB),
    event(6, 'there'),
  ];

  it('say of each layer what it does, how far and how fast', () => {
    const lines = progressLines(progress(events), 'pull', ROOM).map(lineText);
    assert.match(lines[0]!, /^111111111111 {2}done {2}31.0MiB$/);
    assert.match(lines[1]!, /^222222222222 {2}downloading {2}━+╸?─+ +14.0MiB\/31.0MiB +[\d.]+MiB\/s +\d+s$/);
    assert.match(lines[2]!, /^333333333333 {2}retrying in \d s: connection \?\[2Jreset$/);
    assert.match(lines[3]!, /^444444444444 {2}waiting$/);
    assert.match(lines[4]!, /^555555555555 {2}unpacking {4}━+╸?─* /);
    assert.match(lines[5]!, /^666666666666 {2}already there/);
    assert.match(lines[6]!, /^all {11}2 of 6 /);
    assert.match(progressLines(progress(events), 'push', ROOM).map(lineText)[1]!, /uploading/);
  });

  it('fit into every terminal, with as many layers as there may be', () => {
    const one = fc.tuple(fc.nat(40), fc.constantFrom<TransferPhase>('waiting', 'moving', 'unpacking', 'done', 'retrying'), fc.nat(31)); // prettier-ignore
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 60 }), fc.boolean(), (told, columns, rows, ascii) => {
          const all = told.map(([n, phase, at]) =>
            event(0, phase, at * MiB, { digest: `sha256:${String(n).padStart(64, 'a')}`, why: '数据库'.repeat(30) }),
          );
          const lines = progressLines(progress(all), 'load', { columns, rows, ascii, now: 0 }).map(lineText);
          for (const line of lines) assert.ok(line.length < Math.max(2, columns), `${line.length} of ${columns}: ${line}`);
          if (rows >= 5) assert.ok(lines.length < rows, `${lines.length} lines of ${rows} rows`);
          if (ascii) for (const line of lines) assert.match(line, /^[ -~]*$/);
      }), // prettier-ignore
    );
  });

  it('leave out first what is done where there are more layers than rows', () => {
    const many = Array.from({ length: 30 }, (_, n) =>
      event(0, n < 20 ? 'done' : n < 25 ? 'moving' : 'waiting', 1, { digest: `sha256:${String(n).padStart(64, 'b')}` }),
    );
    const lines = progressLines(progress(many), 'pull', { ...ROOM, rows: 14 }).map(lineText);
    assert.equal(lines.filter((line) => line.includes('downloading')).length, 5);
    assert.equal(lines.filter((line) => line.includes('waiting')).length, 5);
    assert.equal(lines.filter((line) => line.includes('done')).length, 1);
    assert.match(lines.at(-2)!, /and 20 more, 20 of them done/);
  });

  it('tell time as it is short to read', () => {
    assert.deepEqual([1, 59_000, 61_000, 3_700_000].map(timeLeft), ['1s', '59s', '1m01s', '1h01m']);
  });
});

describe('a terminal', () => {
  const env = { TERM: 'xterm-256color', LANG: 'C.UTF-8' };

  it('shows the lines in place and leaves what stood above', async () => {
    const screen = new Screen(90, 20);
    screen.write('$ tscontain pull debian\n');
    let now = 0;
    const display = showTransfer(screen.stream, 'pull', { env, clock: { now: () => now } });
    for (let i = 0; i <= 31; i++) {
      now += 100;
      display.onEvent(event(1, 'moving', i * MiB));
      display.onEvent(event(2, 'waiting'));
    }
    display.onEvent(event(1, 'done', 31 * MiB));
    display.onEvent(event(2, 'there'));
    display.end();
    const text = await screen.text();
    assert.deepEqual(text.slice(0, 1), ['$ tscontain pull debian']);
    assert.match(text[1]!, /^1{12} {2}done/);
    assert.match(text[2]!, /^2{12} {2}already there/);
    assert.equal(text.length, 4, text.join('\n'));
  });

  it('is written to at most fifteen times a second', () => {
    const screen = new Screen(90, 20);
    let now = 0;
    const live = new LiveLines(screen.stream, env, { now: () => now });
    for (now = 0; now < 1000; now++) live.show([[{ text: String(now) }]]);
    live.end();
    assert.ok(screen.writes <= 17, `${screen.writes} writes`);
  });

  it('may be made narrower in between', async () => {
    const screen = new Screen(100, 20);
    screen.write('before\n');
    let now = 0;
    const live = new LiveLines(screen.stream, env, { now: () => (now += 100) });
    live.show([[{ text: 'x'.repeat(90) }], [{ text: 'y'.repeat(90) }]]);
    await screen.text();
    screen.resize(50, 20);
    live.show([[{ text: 'short' }]]);
    live.above('said meanwhile');
    live.end();
    assert.deepEqual(await screen.text(), ['before', 'said meanwhile', 'short']);
  });

  it('has no colours where none are wanted', () => {
    const screen = new Screen(90, 20);
    const live = new LiveLines(screen.stream, { ...env, NO_COLOR: '1' });
    live.show([[{ text: 'a', tone: 'good' }]]);
    live.end();
    assert.equal(screen.written, 'a\n');
  });
});

describe('where there is no terminal', () => {
  it('a line says what begins and what ends, and nothing of the bytes between', () => {
    const lines: string[] = [];
    const stream = { isTTY: false, write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
    const display = showTransfer(stream, 'pull');
    const { onEvent } = display;
    onEvent({ ...event(9, 'moving'), what: 'manifest' });
    onEvent(event(1, 'waiting'));
    for (let i = 0; i < 100; i++) onEvent(event(1, 'moving', i));
    onEvent(event(1, 'retrying', 0, { why: 'no\u001b route', retryInMs: 2000 }));
    onEvent(event(1, 'moving', 5));
    onEvent(event(1, 'unpacking', 5));
    onEvent(event(1, 'done', 5));
    onEvent(event(2, 'there'));
    display.end();
    const id = '1'.repeat(12);
    assert.deepEqual(lines, [
      `${id}: downloading 31.0MiB\n`,
      `${id}: retrying in 2 s: no? route\n`,
      `${id}: downloading 31.0MiB\n`,
      `${id}: unpacking\n`,
      `${id}: done\n`,
      `${'2'.repeat(12)}: already there\n`,
    ]);
    assert.equal(plainLine(event(1, 'verifying'), 'moving', 'pull'), undefined);
  });
});
