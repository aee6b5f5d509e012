import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InputParser, type TerminalEvent } from '../../../src/tui/screen/index.js';

/** All events of `bytes`, read in pieces that end at the given places. */
function parse(bytes: string | Buffer, cuts: readonly number[] = []): TerminalEvent[] {
  const parser = new InputParser();
  const all = Buffer.from(bytes);
  const places = [0, ...[...cuts].sort((a, b) => a - b), all.length];
  const events: TerminalEvent[] = [];
  for (let i = 1; i < places.length; i++) events.push(...parser.feed(all.subarray(places[i - 1], places[i])));
  return [...events, ...parser.flush()];
}

const keysOf = (bytes: string): string[] =>
  parse(bytes).map((event) => (event.type === 'key' ? event.key : event.type));

describe('keys', () => {
  const named: [bytes: string, key: string][] = [
    ['a', 'a'],
    ['A', 'A'],
    [' ', 'space'],
    ['é', 'é'],
    ['😀', '😀'],
    ['\r', 'enter'],
    ['\n', 'ctrl-j'],
    ['\t', 'tab'],
    ['\x7f', 'backspace'],
    ['\x08', 'ctrl-h'],
    ['\x00', 'ctrl-space'],
    ['\x01', 'ctrl-a'],
    ['\x1d', 'ctrl-]'],
    ['\x1c', 'ctrl-\\'],
    ['\x1b', 'escape'],
    ['\x1b[A', 'up'],
    ['\x1bOA', 'up'],
    ['\x1b[1;5A', 'ctrl-up'],
    ['\x1b[1;2D', 'shift-left'],
    ['\x1b[1;7C', 'ctrl-alt-right'],
    ['\x1b[H', 'home'],
    ['\x1bOF', 'end'],
    ['\x1b[1~', 'home'],
    ['\x1b[3~', 'delete'],
    ['\x1b[5~', 'pageup'],
    ['\x1b[6;2~', 'shift-pagedown'],
    ['\x1bOP', 'f1'],
    ['\x1b[15~', 'f5'],
    ['\x1b[24;5~', 'ctrl-f12'],
    ['\x1b[[A', 'f1'],
    ['\x1b[[E', 'f5'],
    ['\x1b[Z', 'shift-tab'],
    ['\x1b1', 'alt-1'],
    ['\x1b ', 'alt-space'],
    ['\x1bé', 'alt-é'],
    ['\x1b\x7f', 'alt-backspace'],
    ['\x1b\x01', 'ctrl-alt-a'],
    ['\x1b[', 'alt-['],
    ['\x1bO', 'alt-O'],
    ['\x1b\x1b[A', 'alt-up'],
    ['\x1b[97;5u', 'ctrl-a'],
    ['\x1b[93;5u', 'ctrl-]'],
    ['\x1b[13;2u', 'shift-enter'],
    ['\x1b[27u', 'escape'],
    ['\x1b[9;5u', 'ctrl-tab'],
    ['\x1b[27;5;105~', 'ctrl-i'],
    ['\x1b[32;2u', 'space'],
    ['\x1b[128512u', '😀'],
  ];
  for (const [bytes, key] of named) {
    it(`${JSON.stringify(bytes)} is ${key}`, () => {
      const events = parse(bytes);
      assert.equal(events.length, 1);
      const event = events[0]!;
      assert.equal(event.type === 'key' && event.key, key);
      assert.deepEqual(event.raw, Buffer.from(bytes));
    });
  }

  it('that write something carry it as text, the others do not', () => {
    const textOf = (bytes: string): string | undefined => {
      const event = parse(bytes)[0]!;
      return event.type === 'key' ? event.text : undefined;
    };
    assert.equal(textOf('x'), 'x');
    assert.equal(textOf(' '), ' ');
    assert.equal(textOf('漢'), '漢');
    assert.equal(textOf('\x1b[97u'), 'a');
    assert.equal(textOf('\x1b[97;5u'), undefined);
    assert.equal(textOf('\x1bx'), undefined);
    assert.equal(textOf('\r'), undefined);
  });

  it('in one read come one by one', () => {
    assert.deepEqual(keysOf('ab\x1b[A\x1b[Bq'), ['a', 'b', 'up', 'down', 'q']);
    assert.deepEqual(keysOf('\x1b\x1bq'), ['escape', 'alt-q']);
  });

  it('that are released (kitty) and answers of the terminal are no keys', () => {
    assert.deepEqual(keysOf('\x1b[97;1:3u'), ['reply']);
    assert.deepEqual(keysOf('\x1b[?62;22c'), ['reply']);
    assert.deepEqual(keysOf('\x1b[12;40R'), ['reply']);
    assert.deepEqual(keysOf('\x1b]11;rgb:0000/0000/0000\x07q'), ['reply', 'q']);
    assert.deepEqual(keysOf('\x1b]11;rgb:0000/0000/0000\x1b\\q'), ['reply', 'q']);
    assert.deepEqual(keysOf('\x1bP1$r0m\x1b\\q'), ['reply', 'q']);
  });

  it('a lone ESC waits for more, and not for long', () => {
    const parser = new InputParser();
    assert.deepEqual(parser.feed(Buffer.from('\x1b')), []);
    assert.ok(parser.waitMs !== undefined && parser.waitMs <= 50);
    assert.equal(parser.flush().length, 1);
    assert.equal(parser.waitMs, undefined);
  });

  it('broken UTF-8 becomes one replacement character a byte and eats nothing after it', () => {
    assert.deepEqual(
      parse(Buffer.from([0xff, 0x61, 0xc3, 0x28])).map((event) => event.type === 'key' && event.key),
      ['\ufffd', 'a', '\ufffd', '('],
    );
  });
});

describe('mouse reports', () => {
  it('several in one read are all seen', () => {
    const events = parse('\x1b[<64;10;5M\x1b[<64;10;5M\x1b[<0;3;4M\x1b[<0;3;4m');
    assert.deepEqual(
      events.map((event) => event.type === 'mouse' && [event.action, event.button, event.x, event.y]),
      [
        ['wheel-up', 'none', 9, 4],
        ['wheel-up', 'none', 9, 4],
        ['press', 'left', 2, 3],
        ['release', 'left', 2, 3],
      ],
    );
  });

  it('tell drags, motion, modifiers and columns beyond 223', () => {
    const of = (bytes: string): unknown => {
      const event = parse(bytes)[0]!;
      return event.type === 'mouse' && [event.action, event.button, event.x, event.shift, event.alt, event.ctrl];
    };
    assert.deepEqual(of('\x1b[<32;300;2M'), ['drag', 'left', 299, false, false, false]);
    assert.deepEqual(of('\x1b[<35;1;2M'), ['move', 'none', 0, false, false, false]);
    assert.deepEqual(of('\x1b[<22;1;2M'), ['press', 'right', 0, true, false, true]);
    assert.deepEqual(of('\x1b[<73;1;2M'), ['wheel-down', 'none', 0, false, true, false]);
  });

  it('in the old form are understood too', () => {
    const [event] = parse(Buffer.from([0x1b, 0x5b, 0x4d, 32, 33 + 4, 33 + 2]));
    assert.deepEqual(event?.type === 'mouse' && [event.action, event.button, event.x, event.y], [
      'press',
      'left',
      4,
      2,
    ]);
  });
});

describe('a paste', () => {
  it('is one event, whatever is in it', () => {
    const [event, after] = parse('\x1b[200~rm -rf /\r\n\x1b[A\x03日本\x1b[201~q');
    assert.equal(event?.type === 'paste' && event.text, 'rm -rf /\n\x1b[A\x03日本');
    assert.equal(after?.type === 'key' && after.key, 'q');
  });

  it('of a megabyte in small reads is one event', () => {
    const parser = new InputParser();
    const text = 'x'.repeat(1 << 20);
    const all = Buffer.from(`\x1b[200~${text}\x1b[201~`);
    const events: TerminalEvent[] = [];
    for (let i = 0; i < all.length; i += 4096) events.push(...parser.feed(all.subarray(i, i + 4096)));
    assert.equal(events.length, 1);
    assert.equal(events[0]!.type === 'paste' && events[0]!.text.length, text.length);
  });

  it('that never ends is given out after a silence, so the keyboard lives', () => {
    const parser = new InputParser();
    assert.deepEqual(parser.feed(Buffer.from('\x1b[200~half')), []);
    assert.ok(parser.waitMs! > 500);
    const [event] = parser.flush();
    assert.equal(event?.type === 'paste' && event.text, 'half');
    assert.equal(parser.feed(Buffer.from('q')).length, 1);
  });
});

describe('any stream', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...['a', ' ', 'é', '漢', '😀', '\r', '\x03', '\x1d', '\x1b[A', '\x1bOB', '\x1b[1;5C', '\x1b[3~', '\x1b[15;2~'],
      ...['\x1b[97;5u', '\x1b[<0;10;10M', '\x1b[<64;200;9M', '\x1b[I', '\x1b[O', '\x1bx', '\x1b[200~a\nb\x1b[201~'],
      ...['\x1b[?1;2c', '\x1b]0;x\x07', '\x1bP+r\x1b\\', '\x1b[M !!', '\x1b[[B'],
    ),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
  );

  it('gives the same events wherever the reads end', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(200), { maxLength: 30 }), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const inside = cuts.filter((cut) => cut <= bytes.length);
        assert.deepEqual(parse(bytes, inside), parse(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same events when it comes byte by byte', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(''));
        assert.deepEqual(
          parse(
            bytes,
            Array.from(bytes, (_, i) => i),
          ),
          parse(bytes),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('keeps every byte in the order it came, noise included', () => {
    const noise = fc.uint8Array({ maxLength: 40 });
    const escaped = fc.array(
      fc.constantFrom(0x1b, 0x5b, 0x4f, 0x3b, 0x31, 0x7e, 0x4d, 0x50, 0x5d, 0x5c, 0x07, 0xc3, 0x41),
    );
    fc.assert(
      fc.property(fc.oneof(noise, escaped), fc.array(fc.nat(40)), (bytes, cuts) => {
        const all = Buffer.from(bytes);
        const inside = cuts.filter((cut) => cut <= all.length);
        const events = parse(all, inside);
        assert.deepEqual(Buffer.concat(events.map((event) => event.raw)), all);
        assert.deepEqual(events, parse(all));
      }),
      { numRuns: 1000 },
    );
  });
});
