// Log entries: the format to the byte, cut lines, and every byte of the output found again.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  entryPrefixes,
  formatEntries,
  MAX_ENTRY_BYTES,
  MAX_ENTRY_TEXT_BYTES,
  PREFIX_BYTES,
  timestamp,
} from '../../../../src/engine/supervisor/cri.js';

const MOMENT = Date.UTC(2016, 9, 6, 0, 17, 9, 669) + 0.794202;

/** Formats chunk after chunk through blocks of the given size. */
function format(chunks: readonly Buffer[], blockBytes: number): Buffer {
  const prefixes = entryPrefixes(MOMENT, 'stdout');
  const out: Buffer[] = [];
  for (const chunk of chunks) {
    const cursor = { taken: 0, put: 0 };
    for (let done = false; !done; cursor.put = 0) {
      const block = Buffer.alloc(blockBytes);
      done = formatEntries(chunk, prefixes, block, cursor);
      out.push(block.subarray(0, cursor.put));
    }
  }
  return Buffer.concat(out);
}

function entriesOf(log: Buffer): { tag: string; text: Buffer }[] {
  const entries = [];
  for (let at = 0; at < log.length;) {
    const end = log.indexOf('\n', at);
    entries.push({
      tag: log.toString('latin1', at + PREFIX_BYTES - 2, at + PREFIX_BYTES - 1),
      text: log.subarray(at + PREFIX_BYTES, end),
    });
    at = end + 1;
  }
  return entries;
}

describe('timestamps', () => {
  it('are RFC 3339 with nine digits in UTC', () => {
    assert.match(timestamp(MOMENT), /^2016-10-06T00:17:09\.66979\d{4}\+00:00$/);
    assert.equal(timestamp(Date.UTC(2026, 0, 1)), '2026-01-01T00:00:00.000000000+00:00');
  });

  it('never round up into a second that has not come', () => {
    assert.match(timestamp(Date.UTC(2026, 0, 1) + 999.9995), /^2026-01-01T00:00:00\.9999/);
  });
});

describe('entries', () => {
  it('are a line each, and what has no newline yet is partial', () => {
    const log = format([Buffer.from('one\n\ntwo')], MAX_ENTRY_BYTES).toString();
    const stamp = timestamp(MOMENT);
    assert.equal(log, `${stamp} stdout F one\n${stamp} stdout F \n${stamp} stdout P two\n`);
  });

  it('longer than 16 KiB are cut, and a line of just that length is not', () => {
    const lines = Buffer.concat([
      Buffer.alloc(MAX_ENTRY_TEXT_BYTES, 'a'),
      Buffer.from('\n'),
      Buffer.alloc(MAX_ENTRY_TEXT_BYTES + 1, 'b'),
      Buffer.from('\n'),
    ]);
    const entries = entriesOf(format([lines], MAX_ENTRY_BYTES));
    assert.deepEqual(
      entries.map(({ tag, text }) => [tag, text.length]),
      [
        ['F', MAX_ENTRY_TEXT_BYTES],
        ['P', MAX_ENTRY_TEXT_BYTES],
        ['F', 1],
      ],
    );
  });

  it('hold every byte of the output, whatever it is and however it comes', () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    // Newlines and carriage returns more often than chance would have them.
    const lines = fc
      .array(fc.constantFrom(10, 13, 0, 65, 0x9b, 255), { maxLength: 400 })
      .map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(bytes, lines), { maxLength: 10 }),
        fc.integer({ min: 500, max: 2000 }),
        (parts, blockBytes) => {
          const chunks = parts.map((part) => Buffer.from(part));
          const entries = entriesOf(format(chunks, blockBytes));
          const back = entries.flatMap(({ tag, text }) => (tag === 'F' ? [text, Buffer.from('\n')] : [text]));
          assert.deepEqual(Buffer.concat(back), Buffer.concat(chunks));
        },
      ),
    );
  });
});
