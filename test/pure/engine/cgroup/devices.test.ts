// Device allow lists: their v1 lines, and the eBPF program of v2 run by a small interpreter against the rules themselves.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { deviceFilter } from '../../../../src/engine/cgroup/device-filter.js';
import { DEFAULT_DEVICE_RULES, deviceAllowLines, type DeviceRule } from '../../../../src/engine/cgroup/devices.js';

interface Request {
  readonly type: 'b' | 'c';
  readonly major: number;
  readonly minor: number;
  readonly access: string;
}

const BITS: Readonly<Record<string, number>> = { m: 1, r: 2, w: 4 };

/** Runs the program as the kernel would; fails on what the verifier would refuse. */
function run(program: Uint8Array, { type, major, minor, access }: Request): boolean {
  const wanted = Object.keys(BITS).reduce((bits, letter) => (access.includes(letter) ? bits | BITS[letter]! : bits), 0);
  const context = [(wanted << 16) | (type === 'b' ? 1 : 2), major, minor];
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const registers = new Array<number | undefined>(11).fill(undefined);
  registers[1] = 0;
  for (let pc = 0; pc * 8 < program.length; pc++) {
    const at = pc * 8;
    const destination = view.getUint8(at + 1) & 0xf;
    const source = view.getUint8(at + 1) >> 4;
    const offset = view.getInt16(at + 2, true);
    const immediate = view.getInt32(at + 4, true);
    const value = () => {
      const known = registers[destination];
      assert.notEqual(known, undefined, `r${destination} is read before it is set`);
      return known!;
    };
    switch (view.getUint8(at)) {
      case 0x61:
        assert.equal(registers[source], 0, 'loads only from the context');
        registers[destination] = context[offset / 4];
        break;
      case 0xb7:
        registers[destination] = immediate;
        break;
      case 0xbf:
        registers[destination] = registers[source];
        break;
      case 0x57:
        registers[destination] = value() & immediate;
        break;
      case 0x77:
        registers[destination] = value() >>> immediate;
        break;
      case 0x55:
        assert.ok(offset >= 0, 'jumps only forward');
        if (value() !== immediate) pc += offset;
        break;
      case 0x95:
        return registers[0] === 1;
      default:
        assert.fail(`opcode ${view.getUint8(at)} is not of this program`);
    }
  }
  assert.fail('the program ran over its end');
}

const letters = fc.subarray(['r', 'w', 'm'], { minLength: 1 }).map((list) => list.join(''));
const number = fc.integer({ min: 0, max: 5 });
const rule: fc.Arbitrary<DeviceRule> = fc.record(
  { type: fc.constantFrom('b', 'c'), access: letters, major: number, minor: number },
  { requiredKeys: ['type', 'access'] },
);
const request: fc.Arbitrary<Request> = fc.record({
  type: fc.constantFrom('b', 'c'),
  major: number,
  minor: number,
  access: letters,
});

/** What the rules say: all of the access wanted lies in the rules for one and the same set of devices. */
function isAllowed(rules: readonly DeviceRule[], wanted: Request): boolean {
  const matching = rules.filter(
    ({ type, major = wanted.major, minor = wanted.minor }) =>
      type === wanted.type && major === wanted.major && minor === wanted.minor,
  );
  return matching.some((one) => {
    const same = matching.filter(({ major, minor }) => major === one.major && minor === one.minor);
    return ['r', 'w', 'm'].every(
      (letter) => !wanted.access.includes(letter) || same.some(({ access }) => access.includes(letter)),
    );
  });
}

describe('the device filter', () => {
  it('allows exactly what the rules allow', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), request, (rules, wanted) => {
        assert.equal(run(deviceFilter(rules), wanted), isAllowed(rules, wanted));
      }),
      { numRuns: 2000 },
    );
  });

  it('denies everything without rules', () => {
    assert.equal(run(deviceFilter([]), { type: 'c', major: 1, minor: 3, access: 'r' }), false);
  });

  it('guards a container as Docker does', () => {
    const filter = deviceFilter(DEFAULT_DEVICE_RULES);
    const allows = (type: 'b' | 'c', major: number, minor: number, access: string) =>
      run(filter, { type, major, minor, access });
    for (const minor of [3, 5, 7, 8, 9]) assert.ok(allows('c', 1, minor, 'rw'), `1:${minor}`);
    assert.ok(allows('c', 136, 77, 'rw'), 'a pty slave');
    assert.ok(allows('c', 5, 0, 'rw') && allows('c', 5, 2, 'rw'), 'tty and ptmx');
    assert.ok(allows('b', 8, 0, 'm'), 'a node may be made');
    assert.ok(!allows('b', 8, 0, 'r'), 'and a disk not be read');
    assert.ok(!allows('c', 1, 1, 'r') && !allows('c', 1, 11, 'r'), 'mem, kmsg');
    assert.ok(!allows('c', 5, 1, 'w'), 'the console of the host');
    assert.ok(!allows('c', 10, 229, 'rw'), 'fuse');
  });
});

describe('device rules on v1', () => {
  it('are these lines', () => {
    assert.deepEqual(deviceAllowLines(DEFAULT_DEVICE_RULES), [
      'c *:* m',
      'b *:* m',
      'c 1:3 rwm',
      'c 1:5 rwm',
      'c 1:7 rwm',
      'c 1:8 rwm',
      'c 1:9 rwm',
      'c 5:0 rwm',
      'c 5:2 rwm',
      'c 136:* rwm',
    ]);
  });
});
