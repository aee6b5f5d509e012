// The device filter of a cgroup2 directory: loading an eBPF program and putting it in the place of an earlier one.
// Source: bpf(2), union bpf_attr in linux/bpf.h. The instructions come from the engine; tests: test/container/cgroup-devices.
import { closeSync } from 'node:fs';
import { koffi, syscall } from './kernel.js';

const CMD = { load: 5, attach: 8, detach: 9, programById: 13, query: 16 };
const BPF_PROG_TYPE_CGROUP_DEVICE = 15;
const BPF_CGROUP_DEVICE = 6;
const BPF_F_ALLOW_MULTI = 2;

/** More programs than anything attaches to one directory. */
const QUERY_IDS_MAX = 64;

/** A field of union bpf_attr: its offset, and a number of 32 bits or an address of 64. */
type Field = readonly [offset: number, value: number | bigint];

function bpf(command: number, sizeBytes: number, fields: readonly Field[]): { result: number; attributes: Buffer } {
  const attributes = Buffer.alloc(sizeBytes);
  for (const [offset, value] of fields) {
    if (typeof value === 'bigint') attributes.writeBigUInt64LE(value, offset);
    else attributes.writeUInt32LE(value, offset);
  }
  return { result: syscall('bpf', command, attributes, sizeBytes), attributes };
}

/** Memory at an address that stays: small Buffers share a pool, and the collector moves typed arrays. */
function pinned(bytes: Uint8Array): { bytes: Buffer; address: bigint } {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return { bytes: copy, address: koffi().address(copy) };
}

function loadProgram(instructions: Uint8Array): number {
  const program = pinned(instructions);
  const license = pinned(Buffer.from('MIT\0'));
  const { result } = bpf(CMD.load, 72, [
    [0, BPF_PROG_TYPE_CGROUP_DEVICE],
    [4, program.bytes.length / 8],
    [8, program.address],
    [16, license.address],
  ]);
  return result;
}

/** Descriptors of the device programs attached to this very directory. */
function attachedPrograms(cgroupFd: number): number[] {
  const ids = pinned(Buffer.alloc(QUERY_IDS_MAX * 4));
  const { attributes } = bpf(CMD.query, 32, [
    [0, cgroupFd],
    [4, BPF_CGROUP_DEVICE],
    [16, ids.address],
    [24, QUERY_IDS_MAX],
  ]);
  return Array.from({ length: attributes.readUInt32LE(24) }, (_, index) => {
    return bpf(CMD.programById, 12, [[0, ids.bytes.readUInt32LE(index * 4)]]).result;
  });
}

/**
 * Guards the devices of a cgroup2 directory with a program (instructions of 8 bytes), in the place of those it had.
 * The new one is attached before the old are detached, and every program must allow, so nothing is open in between.
 * @param cgroupFd a descriptor of the directory
 * @throws SyscallError with syscall bpf: EINVAL for a program that the verifier refuses, EPERM without CAP_BPF
 */
export function setDeviceProgram(cgroupFd: number, instructions: Uint8Array): void {
  const descriptors = attachedPrograms(cgroupFd);
  const earlier = [...descriptors];
  try {
    const program = loadProgram(instructions);
    descriptors.push(program);
    const attachment: Field[] = [
      [0, cgroupFd],
      [8, BPF_CGROUP_DEVICE],
    ];
    bpf(CMD.attach, 20, [...attachment, [4, program], [12, BPF_F_ALLOW_MULTI]]);
    for (const old of earlier) bpf(CMD.detach, 20, [...attachment, [4, old]]);
  } finally {
    for (const fd of descriptors) closeSync(fd);
  }
}
