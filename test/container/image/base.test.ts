// The image `base`: that it is made once and whole, of the host's programs, and that these run in it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createImages } from '../../../src/engine/image/store.js';
import { layout } from '../../../src/engine/state/layout.js';
import { base, script } from '../../support/bare-container.js';
import { stateDirectory } from '../../support/state-directory.js';

describe('base', () => {
  it('is made once when two managers want it at once, in less than it takes to wait', async (t) => {
    const root = stateDirectory(t);
    const begun = performance.now();
    const [one, two] = await Promise.all([createImages(root).get('base'), createImages(root).get('base')]);
    t.diagnostic(`made in ${(performance.now() - begun).toFixed(0)} ms`);
    assert.deepEqual(one, two);
    const { layers, blobs } = { layers: 'layers', blobs: 'blobs/sha256' };
    assert.equal(readdirSync(join(layout.images(root), layers)).length, 1);
    assert.equal(readdirSync(join(layout.images(root), blobs)).length, 3, 'its manifest, its configuration, its layer');
    assert.ok(one.sizeBytes > 1e6 && one.sizeBytes < 60e6, `${one.sizeBytes} bytes`);
  });

  it('has for each of its programs every library that it needs', async (t) => {
    const bin = join((await base()).layers[0]!, 'usr/bin');
    const isScript = (name: string) => readFileSync(join(bin, name)).subarray(0, 2).toString() === '#!';
    const programs = readdirSync(bin).filter((name) => !isScript(name));
    assert.ok(programs.length > 100, `${programs.length} programs`);
    // Asked by this variable, the loader lists what it would load and does not run the program.
    const list = programs.map((name) => `LD_TRACE_LOADED_OBJECTS=1 '/usr/bin/${name}' 2>&1`).join('\n');
    const said = await script(t, list);
    assert.match(said, /libc\.so/);
    assert.doesNotMatch(said, /not found/);
  });

  it('greets with a prompt that says where one is, and has its terminals', async (t) => {
    const output = await script(
      t,
      'bash -lic \'echo "${PS1@P}"; tput -T xterm-256color colors; tput -T tmux-256color cols; alias ls\' 2>/dev/null',
      { hostname: 'box', workingDir: '/usr/bin' },
    );
    assert.match(output, /root@box/);
    assert.match(output, /\/usr\/bin/);
    assert.match(output, /^256$/m);
    assert.match(output, /alias ls='ls --color=auto'/);
  });

  it('runs what it is for: editors, pagers, monitors, each as far as its version', async (t) => {
    const { layers } = await base();
    const has = (name: string) => existsSync(join(layers[0]!, 'usr/bin', name));
    const asked = ['vim', 'less', 'htop', 'ps', 'top', 'find', 'tar', 'awk', 'ip'].filter(has);
    const flags: Readonly<Record<string, string>> = { top: '-v', awk: '-W version', ip: '-V' };
    const output = await script(
      t,
      asked.map((name) => `${name} ${flags[name] ?? '--version'} >/dev/null 2>&1; echo ${name} $?`).join('\n'),
    );
    assert.deepEqual(
      output.split('\n'),
      asked.map((name) => `${name} 0`),
    );
  });

  it('shares no file with the host, and has no program that gives rights', async (t) => {
    const image = await createImages(stateDirectory(t)).get('base');
    const special = execFileSync('find', [
      image.layers[0]!,
      '-type',
      'f',
      '(',
      '-links',
      '+1',
      '-o',
      '-perm',
      '/6000',
      ')',
    ]).toString();
    assert.equal(special, '');
  });

  it('comes out the same whatever the umask', async (t) => {
    const before = process.umask(0o077);
    try {
      const image = await createImages(stateDirectory(t)).get('base');
      const closed = execFileSync('find', [image.layers[0]!, '!', '-perm', '-444', '!', '-type', 'l'])
        .toString()
        .trim()
        .split('\n');
      assert.deepEqual(closed, [join(image.layers[0]!, 'root')]);
    } finally {
      process.umask(before);
    }
  });
});
