// Numbers that are written down here are the kernel's: compared with its headers, where those are installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as native from '../../../src/native/index.js';
import { scratch } from '../../support/launching.js';

/** Headers of linux-libc-dev. */
const headers = { x64: '/usr/include/x86_64-linux-gnu/asm/unistd_64.h', arm64: '/usr/include/asm-generic/unistd.h' };

describe('system call numbers', () => {
  for (const arch of ['x64', 'arm64'] as const) {
    const skip = existsSync(headers[arch]) ? false : `${headers[arch]} is missing: install linux-libc-dev`;
    it(`are those of ${arch}`, { skip }, () => {
      const text = readFileSync(headers[arch], 'utf8');
      const defined = new Map(
        [...text.matchAll(/^#define __NR(?:3264)?_(\w+)\s+([0-9]+)$/gm)].map(([, name, number]) => [
          name!,
          Number(number),
        ]),
      );
      let compared = 0;
      for (const call of native.syscallNames) {
        const number = defined.get(call);
        // Calls that are younger than the installed headers.
        if (number === undefined && native.syscallNumber(call, arch) >= 450) continue;
        assert.equal(native.syscallNumber(call, arch), number, call);
        compared += 1;
      }
      assert.ok(compared > 100);
    });
  }
});

describe('constants', () => {
  const compiler = spawnSync('cc', ['--version']).status === 0;
  it('are those of the C headers', { skip: compiler ? false : 'no C compiler: install gcc' }, (t) => {
    const names = Object.entries(native)
      .filter(([name, value]) => /^[A-Z][A-Z0-9_a-z]*_/.test(name) && ['number', 'bigint'].includes(typeof value))
      .map(([name]) => name);
    const directory = scratch(t);
    // Only what this compiler's headers know is compared; they may be older than we are.
    const lines = names.map((name) => {
      const theirs = name === 'LINUX_CAPABILITY_VERSION_3' ? `_${name}` : name;
      return `#ifdef ${theirs}\n  printf("${name} %llu\\n", (unsigned long long)(unsigned int)${theirs});\n#endif`;
    });
    const includes = [
      'stdio.h', 'sched.h', 'fcntl.h', 'signal.h', 'sys/wait.h', 'sys/ioctl.h', 'sys/mman.h', 'sys/prctl.h', 'sys/resource.h',
      'sys/socket.h', 'sys/stat.h', 'net/if.h', 'net/route.h', 'linux/openat2.h', 'linux/mount.h', 'linux/capability.h', 'linux/close_range.h',
      'linux/magic.h', 'linux/memfd.h', 'linux/seccomp.h', 'linux/fs.h', 'linux/sched.h', 'linux/sockios.h',
    ]; // prettier-ignore
    const source = `#define _GNU_SOURCE\n${includes.map((file) => `#include <${file}>`).join('\n')}\nint main(void) {\n${lines.join('\n')}\n  return 0;\n}\n`;
    writeFileSync(`${directory}/constants.c`, source);
    const compiled = spawnSync('cc', ['-w', '-o', `${directory}/constants`, `${directory}/constants.c`], {
      encoding: 'utf8',
    });
    assert.equal(compiled.status, 0, compiled.stderr);
    const printed = spawnSync(`${directory}/constants`, { encoding: 'utf8' }).stdout.trim().split('\n');
    const ours = native as unknown as Record<string, number | bigint>;
    for (const line of printed) {
      const [name, value] = line.split(' ') as [string, string];
      assert.equal(BigInt.asUintN(32, BigInt(ours[name]!)), BigInt(value), name);
    }
    assert.ok(printed.length > 120, `${printed.length} were compared`);
  });

  it('of capabilities and errors are those of the kernel', (t) => {
    const capabilities = '/usr/include/linux/capability.h';
    if (!existsSync(capabilities)) {
      t.skip('install linux-libc-dev');
      return;
    }
    for (const [, name, number] of readFileSync(capabilities, 'utf8').matchAll(/^#define (CAP_\w+)\s+([0-9]+)$/gm)) {
      assert.equal(native.capabilityNumber(name!), Number(number), name);
    }
    for (const file of ['errno-base.h', 'errno.h']) {
      const text = readFileSync(`/usr/include/asm-generic/${file}`, 'utf8');
      for (const [, name, number] of text.matchAll(/^#define\s+(E\w+)\s+([0-9]+)/gm)) {
        assert.equal(native.errnoName(Number(number)), name);
      }
    }
  });
});
