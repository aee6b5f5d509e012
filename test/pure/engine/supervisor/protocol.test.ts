// The supervisor's protocol: frames come whole out of any chopping, and nothing that is not a frame or a request gets in.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  controlFrame,
  dataFrame,
  FRAME,
  frameHeader,
  FrameReader,
  MAX_FRAME_BYTES,
  parseAttachCommand,
  parseControl,
  parseRequest,
  ProtocolError,
  type FrameType,
} from '../../../../src/engine/supervisor/protocol.js';

const ID = 'ab'.repeat(32);

interface Frame {
  readonly type: FrameType;
  readonly payload: Buffer;
}

const someFrame: fc.Arbitrary<Frame> = fc.record(
  {
    type: fc.constantFrom(FRAME.stdin, FRAME.stdout, FRAME.stderr, FRAME.control),
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  },
  { noNullPrototype: true },
);

/** Cuts at the given places, which wrap around. */
function chop(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
}

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(someFrame, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 20 }), (frames, places) => {
        const stream = Buffer.concat(frames.map(({ type, payload }) => dataFrame(type, payload)));
        const reader = new FrameReader();
        const seen: Frame[] = [];
        for (const chunk of chop(stream, places)) {
          reader.push(chunk, (type, payload) => seen.push({ type, payload: Buffer.from(payload) }));
        }
        assert.deepEqual(seen, frames);
      }),
    );
  });

  it('of a type that does not exist end the conversation', () => {
    const reader = new FrameReader();
    assert.throws(() => reader.push(Buffer.from([9, 0, 0, 0, 0]), () => undefined), ProtocolError);
  });

  it('that are too long end it before their payload has come', () => {
    const reader = new FrameReader();
    assert.throws(() => reader.push(frameHeader(FRAME.stdin, MAX_FRAME_BYTES + 1), () => undefined), ProtocolError);
  });
});

describe('requests', () => {
  it('carry what was asked', () => {
    const request = { n: 7, ask: 'attach', id: ID, stdin: true, replay: false, size: { columns: 80, rows: 24 } };
    const frame = controlFrame(request);
    let payload: Buffer = Buffer.alloc(0);
    new FrameReader().push(frame, (_, bytes) => (payload = bytes));
    assert.deepEqual(parseRequest(parseControl(payload)), request);
  });

  const refused: Record<string, Record<string, unknown>> = {
    'an id that climbs out of the state directory': { n: 1, ask: 'start', id: '../../../etc' },
    'an id that is too short': { n: 1, ask: 'start', id: 'ab' },
    'no number': { ask: 'hello' },
    'something nobody knows': { n: 1, ask: 'format' },
    'a size that does not fit a struct winsize': { n: 1, ask: 'resize', id: ID, size: { columns: 70000, rows: 1 } },
    'a size with fractions': { n: 1, ask: 'resize', id: ID, size: { columns: 1.5, rows: 1 } },
    'a wait for nothing that happens': { n: 1, ask: 'wait', id: ID, until: 'forever' },
    'ids that are none': { n: 1, ask: 'adopt', ids: [ID, 5] },
  };
  for (const [what, message] of Object.entries(refused)) {
    it(`are refused with ${what}`, () => assert.throws(() => parseRequest(message), ProtocolError));
  }

  it('are refused, never misread, whatever JSON comes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('n', 'ask', 'id', 'ids', 'size', 'until', 'project'), fc.jsonValue()),
        (message) => {
          try {
            const { n } = parseRequest(message);
            assert.ok(Number.isSafeInteger(n));
          } catch (error) {
            assert.ok(error instanceof ProtocolError, String(error));
          }
        },
      ),
    );
  });

  it('must be one JSON object', () => {
    for (const text of ['', '[]', 'null', '"start"', '{', '1']) {
      assert.throws(() => parseControl(Buffer.from(text)), ProtocolError, text);
    }
  });
});

describe('an attached client', () => {
  it('may end its input and resize the terminal, and nothing else', () => {
    assert.deepEqual(parseAttachCommand({ end: true }), { end: true });
    assert.deepEqual(parseAttachCommand({ resize: { columns: 1, rows: 2 } }), { resize: { columns: 1, rows: 2 } });
    assert.throws(() => parseAttachCommand({ n: 1, ask: 'start', id: ID }), ProtocolError);
  });
});
