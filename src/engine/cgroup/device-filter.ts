// A device allow list as an eBPF program of type BPF_PROG_TYPE_CGROUP_DEVICE, which is how cgroup v2 guards devices. Pure.
// Instruction set: Documentation/bpf/standardization/instruction-set.rst. Context: struct bpf_cgroup_dev_ctx in linux/bpf.h.
// The kernel runs the program on each open and mknod of a device; answering 1 allows, 0 denies with EPERM.
import type { DeviceRule } from './devices.js';

/** Bits of the context's access_type: the device's type below, what is to be done with it above. */
const TYPE = { b: 1, c: 2 };
const ACCESS = [
  ['m', 1],
  ['r', 2],
  ['w', 4],
] as const;

/** Offsets (bytes) in struct bpf_cgroup_dev_ctx. */
const CONTEXT = { accessType: 0, major: 4, minor: 8 };

/** Registers: r0 is the answer, r1 the context at entry. */
const R = { answer: 0, context: 1, type: 2, access: 3, major: 4, minor: 5, scratch: 6 };

/** Opcodes: class | source (immediate or register) | operation. */
const OP = {
  loadWord: 0x61,
  move: 0xb7,
  moveRegister: 0xbf,
  and: 0x57,
  shiftRight: 0x77,
  jumpNotEqual: 0x55,
  exit: 0x95,
};

/** One instruction of 8 bytes. */
interface Instruction {
  readonly op: number;
  readonly destination?: number;
  readonly source?: number;
  /** for jumps: instructions to skip */
  readonly offset?: number;
  readonly immediate?: number;
}

/** The program's instructions, 8 bytes each, little-endian as x86-64 and arm64 are. */
export function deviceFilter(rules: readonly DeviceRule[]): Uint8Array {
  const load = (destination: number, offset: number) => ({
    op: OP.loadWord,
    destination,
    source: R.context,
    offset,
  });
  return encode([
    load(R.type, CONTEXT.accessType),
    { op: OP.moveRegister, destination: R.access, source: R.type },
    { op: OP.and, destination: R.type, immediate: 0xffff },
    { op: OP.shiftRight, destination: R.access, immediate: 16 },
    load(R.major, CONTEXT.major),
    load(R.minor, CONTEXT.minor),
    ...mergeAccess(rules).flatMap(allow),
    ...answer(0),
  ]);
}

/** "Read" and "write" for the same device must also allow "read and write" at once, so they become one rule. */
function mergeAccess(rules: readonly DeviceRule[]): DeviceRule[] {
  const merged = new Map<string, DeviceRule>();
  for (const rule of rules) {
    const key = `${rule.type} ${rule.major ?? '*'}:${rule.minor ?? '*'}`;
    const earlier = merged.get(key)?.access ?? '';
    merged.set(key, { ...rule, access: earlier + rule.access });
  }
  return [...merged.values()];
}

/** Answers 1 if all of the access wanted is within the rule, else goes on after it. */
function allow({ type, major, minor, access }: DeviceRule): Instruction[] {
  const denied = ACCESS.reduce((bits, [letter, bit]) => (access.includes(letter) ? bits : bits | bit), 0);
  const tests: Instruction[][] = [
    [{ op: OP.jumpNotEqual, destination: R.type, immediate: TYPE[type] }],
    major === undefined ? [] : [{ op: OP.jumpNotEqual, destination: R.major, immediate: major }],
    minor === undefined ? [] : [{ op: OP.jumpNotEqual, destination: R.minor, immediate: minor }],
    denied === 0
      ? []
      : [
          { op: OP.moveRegister, destination: R.scratch, source: R.access },
          { op: OP.and, destination: R.scratch, immediate: denied },
          { op: OP.jumpNotEqual, destination: R.scratch, immediate: 0 },
        ],
  ];
  const rule = [...tests.flat(), ...answer(1)];
  // Every jump leads behind the rule: so many instructions from the one after the jump.
  return rule.map((instruction, index) =>
    instruction.op === OP.jumpNotEqual ? { ...instruction, offset: rule.length - index - 1 } : instruction,
  );
}

function answer(value: 0 | 1): Instruction[] {
  return [{ op: OP.move, destination: R.answer, immediate: value }, { op: OP.exit }];
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach(({ op, destination = 0, source = 0, offset = 0, immediate = 0 }, index) => {
    const at = index * 8;
    bytes.setUint8(at, op);
    bytes.setUint8(at + 1, (source << 4) | destination);
    bytes.setInt16(at + 2, offset, true);
    bytes.setInt32(at + 4, immediate, true);
  });
  return new Uint8Array(bytes.buffer);
}
