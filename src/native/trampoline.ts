// The machine code that starts a process without running JavaScript in it, and how it is put where it can run.
//
// One small piece of code per architecture (trampoline.*.S, assembled below) has two entries. `launch` is called in this
// process: it does clone3 with CLONE_VM and CLONE_VFORK, so nothing of Node's memory is copied, and the child only clears
// close-on-exec of a few descriptors and executes the second entry, `start`: the same bytes once more, as a static
// program of its own of less than a kilobyte, in a sealed memfd. That one maps its launch program, runs the steps and ends in execve.
// So the process that sets a container up has nothing of ours in it: not our memory, not our descriptors, and its
// /proc/PID/exe is the sealed memfd, not the node binary (CVE-2019-5736).
import { koffi } from './kernel.js';
import { mapCode, sealedCode } from './machine-code.js';
import { type Architecture, architecture } from './syscalls.js';

/** `code` begins with `launch`; `start` is the offset of the other entry; `machine` is ELF's number (elf(5)). */
export const trampolines: Readonly<Record<Architecture, { code: string; start: number; machine: number }>> = {
  x64: {
    machine: 62,
    start: 0x70,
    code:
      '535541544883ec104889d34889fd4989f448c7442408ffffffffb80e000000bf02000000488d7424084889e241ba08000000' +
      '0f05b8b30100004889ef4c89e60f054885c00f849d0000004889c5b80e000000bf020000004889e631d241ba080000000f05' +
      '4889e84883c410415c5d5bc348833c24020f853a010000488b7424104531c00fb60685c0740e456bc00a458d4400d048ffc6' +
      'ebebb809000000bf00000010be00000002ba0300000041ba110000004531c90f05483d01f0ffff0f83f20000004889c3bd40' +
      '000000b80d00000089ef488d350701000031d241ba080000000f05ffcd75e431ed4c8d6340483b2b0f83dd00000048896b18' +
      '410fb64c2438498d54240885c97416f6c1017409488b02488b004889024883c208d1e9ebe6498b0424498b7c2408498b7424' +
      '10498b5424184d8b5424204d8b4424284d8b4c24300f0541f64424390174054885c074224989442450498b4c24484885c974' +
      '03488901483d01f0ffff732c41f644243901754a48837b08007411b8e4000000bf01000000498d7424580f054983c46848ff' +
      'c5e957ffffff48f7d8498b4c24404885c9740e0fb6d14839c274c748c1e908ebed48894320bf7f000000eb1db80100000048' +
      '8b7b10498d742450ba080000000f05eb0448896b1831ffb8e70000000f050000000000000000000000000000000000000000' +
      '000000000000000000000000',
  },
  arm64: {
    machine: 183,
    start: 0x7c,
    code:
      'ffc300d1f35300a9f50b00f9f30302aaf40300aaf50301aa09008092e91700f9e81080d2400080d2e1a30091e28300910301' +
      '80d2010000d4683680d2e00314aae10315aa010000d4600500b4f40300aae81080d2400080d2e1830091020080d2030180d2' +
      '010000d4e00314aaf50b40f9f35340a9ffc30091c0035fd6e00340f91f0800f1a1090054e90b40f9040080d24a0180d22b15' +
      '40388b0000346bc10051842c0a9bfcffff17c81b80d20000a2d20140a0d2620080d2230280d2050080d2010000d41ffc3fb1' +
      '82070054f30300aa140880d2c81080d2e00314aa61080010020080d2030180d2010000d4940600f121ffff54140080d27502' +
      '0191690240f99f0209eba2060054740e00f9a9e24039aa22009109010034890000364b0140f96b0140f94b0100f94a210091' +
      '297d0153f9ffff17a80240a9a10a41a9a31242a9a51a40f9010000d4ace640394c000036000100b4a02a00f9a92640f94900' +
      '00b4200100f91ffc3fb162010054ac020037690640f9a90000b4280e80d2200080d2a1620191010000d4b5a2019194060091' +
      'dbffff17e00300cba92240f9c90000b42a1d40925f0100eb40feff5429fd48d3fbffff17601200f9e00f80d2090000140808' +
      '80d2600a40f9a1420191020180d2010000d402000014740e00f9000080d2c80b80d2010000d4000000000000000000000000' +
      '0000000000000000000000000000000000000000',
  },
};

const elfHeaders = 64 + 56;
const loadAddress = 0x400000;

/** A static ELF executable of one read-execute segment around the code (elf(5)). */
export function executable(arch: Architecture): Buffer {
  const { code, start, machine } = trampolines[arch];
  const file = Buffer.alloc(elfHeaders + code.length / 2);
  file.set([0x7f, 0x45, 0x4c, 0x46, /* 64 bits */ 2, /* little-endian */ 1, /* version */ 1]);
  file.writeUInt16LE(/* ET_EXEC */ 2, 16);
  file.writeUInt16LE(machine, 18);
  file.writeUInt32LE(/* version */ 1, 20);
  file.writeBigUInt64LE(BigInt(loadAddress + elfHeaders + start), 24);
  file.writeBigUInt64LE(/* offset of the program header */ 64n, 32);
  file.writeUInt16LE(/* size of this header */ 64, 52);
  file.writeUInt16LE(/* size of a program header */ 56, 54);
  file.writeUInt16LE(/* program headers */ 1, 56);
  file.writeUInt32LE(/* PT_LOAD */ 1, 64);
  file.writeUInt32LE(/* PF_R | PF_X */ 5, 68);
  file.writeBigUInt64LE(BigInt(loadAddress), 80);
  file.writeBigUInt64LE(BigInt(loadAddress), 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(file.length), 104);
  file.writeBigUInt64LE(/* alignment: the largest page that arm64 may have */ 0x10000n, 112);
  file.write(code, elfHeaders, 'hex');
  return file;
}

export interface Trampoline {
  /** The sealed memfd with the little program, close-on-exec. */
  readonly programFd: number;
  /** launch(clone_args, size, table): the pid, or -errno. */
  readonly launch: (cloneArgs: Uint8Array, size: number, table: Uint8Array) => number;
}

let ready: Trampoline | undefined;

/** The trampoline of this process, made at first use and kept. Throws SyscallError. */
export function trampoline(): Trampoline {
  if (ready !== undefined) return ready;
  const file = executable(architecture());
  const programFd = sealedCode('tscontain-init', file);
  const text = mapCode(programFd, file.length);
  const prototype = koffi().proto('int64', ['void *', 'int64', 'void *']);
  const launch = koffi().decode(text + BigInt(elfHeaders), prototype) as Trampoline['launch'];
  return (ready = { programFd, launch });
}
