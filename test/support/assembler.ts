// Machine code of ours beside its source, for both architectures: assembled anew, and run here or emulated.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { Architecture } from '../../src/native/index.js';
import { scratch } from './launching.js';

const TOOLS = {
  x64: {
    prefix: process.arch === 'x64' ? '' : 'x86_64-linux-gnu-',
    emulator: 'qemu-x86_64-static',
    package: 'binutils-x86-64-linux-gnu',
  },
  arm64: {
    prefix: process.arch === 'arm64' ? '' : 'aarch64-linux-gnu-',
    emulator: 'qemu-aarch64-static',
    package: 'binutils-aarch64-linux-gnu',
  },
};

const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

export class Assembler {
  readonly #prefix: string;
  readonly #emulator: string;
  /** why nothing can be assembled, or false */
  readonly isMissing: string | false;
  /** why nothing of this architecture can be run, or false */
  readonly noEmulator: string | false;
  /** why nothing that is assembled can be run, or false */
  readonly cannotRun: string | false;

  constructor(readonly arch: Architecture) {
    const { prefix, emulator, package: name } = TOOLS[arch];
    this.#prefix = prefix;
    this.#emulator = emulator;
    this.isMissing = isInstalled(`${prefix}as`) ? false : `install ${name}`;
    this.noEmulator = arch === process.arch || isInstalled(emulator) ? false : 'install qemu-user-static';
    this.cannotRun = this.noEmulator === false ? this.isMissing : this.noEmulator;
  }

  /** One of binutils. @returns what it prints */
  tool(name: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(this.#prefix + name, args, { encoding: 'utf8' });
    assert.equal(status, 0, `${name}: ${stderr}`);
    return stdout;
  }

  /** A source of src/native as an object file, and its code, hexadecimal. */
  assemble(source: string, t: TestContext): { readonly object: string; readonly code: string } {
    const [object, binary] = [`${scratch(t)}/code.o`, `${scratch(t)}/code`];
    this.tool('as', `src/native/${source}.${this.arch}.S`, '-o', object);
    this.tool('objcopy', '-O', 'binary', '-j', '.text', object, binary);
    return { object, code: readFileSync(binary).toString('hex') };
  }

  /** A program of a driver, the code at the label `code`, and data: one section, near enough for arm64 to reach all of it. */
  link(directory: string, driver: string, code: string, data: string): string {
    writeFileSync(`${directory}/code`, Buffer.from(code, 'hex'));
    const text = `.text\n.balign 8\n${driver}\n.balign 8\ncode: .incbin "${directory}/code"\n`;
    writeFileSync(`${directory}/driver.S`, `${text}.balign 8\n${data}\n`);
    this.tool('as', `${directory}/driver.S`, '-o', `${directory}/driver.o`);
    this.tool('ld', '-N', `${directory}/driver.o`, '-o', `${directory}/driver`);
    return `${directory}/driver`;
  }

  /** How a program of this architecture is called here. */
  call(program: string): [command: string, ...args: string[]] {
    return this.arch === process.arch ? [program] : [this.#emulator, program];
  }
}
