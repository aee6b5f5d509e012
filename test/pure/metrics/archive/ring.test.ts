// Ring files: what was written is what is read; what is torn, foreign or hostile is no record and nothing worse.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  decodeHeader,
  encodeHeader,
  fileBytes,
  HEADER_BYTES,
  placeOf,
  readHead,
  recordBytes,
  rowsShape,
  sealRecord,
  type Shape,
} from '../../../../src/metrics/archive/format.js';
import { hostColumns } from '../../../../src/metrics/archive/columns.js';
import { COLUMNS } from '../../../../src/metrics/row.js';
import { RINGS, shapeOf } from '../../../../src/metrics/archive/rings.js';
import { past, record, T0 } from '../../../support/past.js';

const MINUTE = 60_000;
const shape = rowsShape(['a', 'b.c'], 1000, 10_000, true);

describe('a header', () => {
  it('says what the records are', () => {
    assert.deepEqual(decodeHeader(encodeHeader(shape)), shape);
    for (const ring of RINGS)
      for (const columns of [COLUMNS, hostColumns(4096)])
        assert.deepEqual(decodeHeader(encodeHeader(shapeOf(ring, columns))), shapeOf(ring, columns));
  });

  it('with one bit changed, or cut, is none', () => {
    const header = encodeHeader(shape);
    const end = 24 + header.readUInt32LE(12);
    for (const at of [0, 7, 8, 12, 16, 24, 40, end - 1]) {
      const spoilt = Buffer.from(header);
      spoilt[at]! ^= 1;
      assert.equal(decodeHeader(spoilt), undefined, `byte ${at}`);
    }
    assert.equal(decodeHeader(header.subarray(0, 100)), undefined);
    assert.equal(decodeHeader(Buffer.alloc(0)), undefined);
  });

  it('of a size that no ring of ours has is none', () => {
    const hostile: readonly Partial<Record<keyof Shape, unknown>>[] = [
      { records: 2 ** 40 },
      { records: 2 ** 22 },
      { records: 0 },
      { records: -1 },
      { records: 1.5 },
      { bodyBytes: 2 ** 31 },
      { bodyBytes: 17 },
      { stepMs: 'soon' },
      { columns: ['a', 'a'] },
      { columns: ['a', '\u001b[2J'] },
      { columns: Array.from({ length: 1000 }, (_, i) => `c${i}`) },
      { holds: 'treasure' },
    ];
    for (const change of hostile) {
      const spoilt = JSON.parse(JSON.stringify({ ...shape, ...change })) as Shape;
      if (JSON.stringify(spoilt).length > 4000) continue;
      assert.equal(decodeHeader(encodeHeader(spoilt)), undefined, JSON.stringify(change));
    }
  });

  it('tells the size of its file: what a container may take is known before', () => {
    const bytes = RINGS.map((ring) => fileBytes(shapeOf(ring, COLUMNS)));
    assert.ok(bytes.reduce((sum, size) => sum + size) < 6 * 2 ** 20, String(bytes));
  });
});

describe('a record', () => {
  const sealed = (number: number, from: number, to: number): Buffer => {
    const bytes = Buffer.alloc(recordBytes(shape));
    bytes.writeFloatLE(0.5, 24);
    sealRecord(bytes, 0, shape, number, from, to);
    return bytes;
  };

  it('has its number, its time and its place', () => {
    assert.deepEqual(readHead(sealed(13, 1000.5, 2000), 0, shape, 2), { number: 13, from: 1000.5, to: 2000 });
    assert.equal(placeOf(shape, 13), HEADER_BYTES + 2 * recordBytes(shape));
    assert.equal(readHead(sealed(13, 1000, 2000), 0, shape, 3), undefined, 'another place');
    assert.equal(readHead(sealed(3, 2000, 2000), 0, shape, 2), undefined, 'no time');
    assert.equal(readHead(sealed(3, NaN, 2000), 0, shape, 2), undefined, 'no number');
    assert.equal(readHead(Buffer.alloc(recordBytes(shape)), 0, shape, 0), undefined, 'never written');
  });

  it('in which any byte is another is none', () => {
    const whole = sealed(13, 1000, 2000);
    for (let at = 0; at < whole.length; at++) {
      const torn = Buffer.from(whole);
      torn[at]! ^= 0x40;
      assert.equal(readHead(torn, 0, shape, 2), undefined, `byte ${at}`);
    }
  });
});

describe('a ring file', () => {
  it('keeps its size, however long it is written', async (t) => {
    const { open, ring } = past(t);
    const recording = await open();
    await record(recording, T0, T0 + 30 * MINUTE, () => 1);
    await recording.close();
    const size = fileBytes(shapeOf(RINGS[0]!, COLUMNS));
    assert.equal(statSync(ring('seconds')).size, size);
  });

  it('that is torn anywhere costs the records that were torn and no others', async (t) => {
    const { open, ring, archive } = past(t);
    const recording = await open();
    await record(recording, T0, T0 + 5 * MINUTE, (at) => (at - T0) / 1000);
    await recording.close();
    const bytes = readFileSync(ring('seconds'));
    const size = recordBytes(shapeOf(RINGS[0]!, COLUMNS));
    // Half of the hundredth record, the whole of the next.
    bytes.fill(0xff, HEADER_BYTES + 99 * size + 50, HEADER_BYTES + 101 * size);
    writeFileSync(ring('seconds'), bytes);
    const { values } = await archive.series('web', 'cpu.cores', 5 * MINUTE, 300, T0 + 5 * MINUTE);
    const expected = Array.from({ length: 300 }, (_, i) => (i === 99 || i === 100 ? NaN : i + 1));
    assert.deepEqual([...values], expected);
  });

  it('that was cut in the middle of a record is read up to there, and written on', async (t) => {
    const { open, ring, archive } = past(t);
    const first = await open();
    await record(first, T0, T0 + 2 * MINUTE, () => 1);
    await first.close();
    const size = recordBytes(shapeOf(RINGS[0]!, COLUMNS));
    truncateSync(ring('seconds'), HEADER_BYTES + 60 * size + 20);
    const second = await open();
    await record(second, T0 + 2 * MINUTE, T0 + 3 * MINUTE, () => 2);
    await second.close();
    const { values } = await archive.series('web', 'cpu.cores', 3 * MINUTE, 180, T0 + 3 * MINUTE);
    assert.deepEqual([values[59], values[60], values[119], values[120], values[179]], [1, NaN, NaN, 2, 2]);
  });

  it('that is no ring is begun anew by who writes and nothing to who reads', async (t) => {
    const { open, ring, archive, directory } = past(t);
    await (await open()).close();
    const foreign: readonly ((path: string) => void)[] = [
      (path) => writeFileSync(path, 'not a ring at all\n'),
      (path) => writeFileSync(path, Buffer.alloc(100_000, 0xff)),
      (path) => writeFileSync(path, ''),
      (path) =>
        writeFileSync(path, Buffer.concat([encodeHeader(rowsShape(['x'], 1, 2 ** 20, false)), Buffer.alloc(10)])),
    ];
    for (const make of foreign) {
      make(ring('seconds'));
      assert.deepEqual(await archive.list(), []);
      assert.equal(await archive.sampleAt('web', T0), undefined);
      const recording = await open();
      await record(recording, T0, T0 + 5000, () => 7);
      await recording.close();
      assert.equal((await archive.sampleAt('web', T0 + 4000))?.cpu.cores, 7);
    }
    // Nor what is no file, or a file elsewhere.
    symlinkSync('/etc/passwd', `${directory}/link`);
    mkdirSync(`${directory}/folder`);
    assert.equal(await archive.sampleAt('../web', T0 + 4000), undefined);
    assert.equal(await archive.sampleAt('..', T0 + 4000), undefined);
  });

  it('of any bytes whatever is read without an exception', async (t) => {
    const { open, ring, archive } = past(t);
    const recording = await open();
    await record(recording, T0, T0 + MINUTE, () => 1);
    await recording.close();
    const whole = readFileSync(ring('seconds'));
    const change = fc.record({ at: fc.nat(whole.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const spoilt = Buffer.from(whole);
        for (const { at, bytes } of changes) spoilt.set(bytes.subarray(0, spoilt.length - at), at);
        writeFileSync(ring('seconds'), spoilt);
        const { values } = await archive.series('web', 'cpu.cores', MINUTE, 60, T0 + MINUTE);
        assert.ok(values.every((value) => Number.isNaN(value) || value === 1));
      }),
      { numRuns: 60 },
    );
  });
});
