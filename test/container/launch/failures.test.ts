// Starts that cannot be: each says what is wrong and whose fault it is, and leaves nothing behind.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TscontainError } from '../../../src/engine/errors.js';
import { exitCodeOfFailure } from '../../../src/engine/launch/failure.js';
import type { ContainerConfig, Image } from '../../../src/engine/model.js';
import { driver, imageWith, make, prepare, run, start } from '../../support/bare-container.js';

const commands = (): Promise<Image> =>
  imageWith((layer) => {
    mkdirSync(join(layer, 'a-directory'));
    writeFileSync(join(layer, 'not-executable'), '#!/bin/sh\n', { mode: 0o644 });
    writeFileSync(join(layer, 'no-format'), 'nothing that runs', { mode: 0o755 });
    writeFileSync(join(layer, 'no-interpreter'), '#!/usr/bin/nothing\n', { mode: 0o755 });
    const foreign = Buffer.from(readFileSync('/bin/true'));
    foreign.writeUInt16LE(/* EM_SPARC */ 2, 18);
    writeFileSync(join(layer, 'foreign'), foreign, { mode: 0o755 });
    symlinkSync('loop', join(layer, 'loop'));
    mkdirSync(join(layer, 'bin-of-mine'));
    writeFileSync(join(layer, 'bin-of-mine/tool'), '#!/bin/sh\n', { mode: 0o644 });
    mkdirSync(join(layer, 'closed'), { mode: 0o700 });
    writeFileSync(join(layer, 'closed/tool'), '#!/bin/sh\n', { mode: 0o755 });
    chmodSync(join(layer, 'closed'), 0o700);
  });

describe('a command', () => {
  for (const [argv, code, words, config] of [
    ['nosuch', 127, /there is no command "nosuch"/, {}],
    ['/no/such', 127, /there is no command "\/no\/such"/, {}],
    ['/bin/sh/x', 127, /there is no command/, {}],
    ['/no-interpreter', 127, /"\/no-interpreter" needs another program/, {}],
    ['/a-directory', 126, /it is a directory/, {}],
    ['/not-executable', 126, /without the right to run/, {}],
    ['tool', 126, /without the right to run/, { env: ['PATH=/bin-of-mine:/bin'] }],
    ['/no-format', 126, /ENOEXEC/, {}],
    ['/foreign', 126, /ENOEXEC/, {}],
    ['/loop', 126, /ELOOP/, {}],
    ['/closed/tool', 126, /EACCES/, { user: '1000' }],
  ] as const) {
    it(`${argv} ends with ${code}`, async (t) => {
      const image = await commands();
      await assert.rejects(run(t, { argv: [argv], ...config }, image), (error) => {
        assert.ok(error instanceof TscontainError);
        assert.match(error.message, words);
        assert.equal(exitCodeOfFailure(error), code, error.message);
        return true;
      });
    });
  }

  it('is judged in the same way when it is run by exec', async (t) => {
    const running = await start(t, {}, await commands());
    for (const [argv, code] of [
      ['nosuch', 'COMMAND_NOT_FOUND'],
      ['/a-directory', 'COMMAND_NOT_EXECUTABLE'],
      ['/no-format', 'COMMAND_NOT_EXECUTABLE'],
    ] as const) {
      await assert.rejects(running.exec({ argv: [argv] }), { code });
    }
  });

  it('of arguments longer than the kernel takes is refused as such', async (t) => {
    await assert.rejects(run(t, { argv: ['echo', 'x'.repeat(200_000)] }), { code: 'COMMAND_NOT_EXECUTABLE' });
  });
});

describe('a start', () => {
  const bad: readonly (readonly [what: string, config: Partial<ContainerConfig>, code: string, words: RegExp])[] = [
    [
      'a working directory that is a file',
      { workingDir: '/etc/passwd' },
      'LAUNCH_FAILED',
      /go to \/etc\/passwd.*ENOTDIR/,
    ],
    ['a user that nobody is', { user: 'nobody-knows' }, 'INVALID_VALUE', /no user "nobody-knows"/],
    [
      'a volume that is not there',
      { mounts: [{ type: 'bind', source: '/no/such', target: '/x', readOnly: false, propagation: 'rprivate' }] },
      'NO_SUCH_PATH',
      /"\/no\/such"/,
    ],
    [
      'a directory over a file',
      { mounts: [{ type: 'bind', source: '/usr', target: '/etc/passwd', readOnly: false, propagation: 'rprivate' }] },
      'INVALID_VALUE',
      /"\/usr" is a directory.*"\/etc\/passwd"/,
    ],
    [
      'a tmpfs of no possible size',
      { mounts: [{ type: 'tmpfs', target: '/x', readOnly: false, sizeBytes: -5 }] },
      'IO_ERROR',
      /size/,
    ],
    [
      'a sysctl of no possible value',
      { sysctls: { 'net.ipv4.ip_default_ttl': 'many' } },
      'LAUNCH_FAILED',
      /ip_default_ttl.*EINVAL/,
    ],
    [
      'a ulimit that does not exist',
      { ulimits: [{ name: 'patience', soft: 1, hard: 1 }] },
      'INVALID_VALUE',
      /"patience"/,
    ],
    [
      'a soft limit above the hard one',
      { ulimits: [{ name: 'nofile', soft: 9, hard: 5 }] },
      'LAUNCH_FAILED',
      /limit nofile.*EINVAL/,
    ],
    ['a host name that is too long', { hostname: 'x'.repeat(65) }, 'LAUNCH_FAILED', /host name.*EINVAL/],
  ];

  for (const [what, config, code, words] of bad) {
    it(`with ${what} says so`, async (t) => {
      await assert.rejects(run(t, config), (error) => {
        assert.ok(error instanceof TscontainError);
        assert.equal(error.code, code, error.message);
        assert.match(error.message, words);
        return true;
      });
    });
  }

  it('that fails leaves no process, mount or descriptor behind', async (t) => {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    const open = (): string[] => readdirSync('/proc/self/fd');
    await assert.rejects(run(t, { argv: ['nosuch'] }));
    const before = open().length;
    for (const [, config] of bad) await assert.rejects(run(t, config));
    await assert.rejects(
      run(t, { argv: ['nosuch'], init: true, tty: true }).then(({ status }) => assert.deepEqual(status, { code: 0 })),
    );
    assert.equal(open().length, before);
    assert.equal(readFileSync('/proc/self/mountinfo', 'utf8'), mounts);
  });

  it('that is prepared and not done leaves nothing either', async (t) => {
    const made = await make(t);
    (await prepare(made)).release();
    const before = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 10; i++) (await prepare(made)).release();
    assert.equal(readdirSync('/proc/self/fd').length, before);
    assert.deepEqual(driver.processes(made.container.cgroup), []);
  });
});
