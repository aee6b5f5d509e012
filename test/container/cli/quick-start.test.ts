// Commands and supervisors run from code that V8 has compiled before: whether there is some changes nothing but the time.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { readEntry, registered } from '../../../src/engine/supervisor/registry.js';
import { product } from '../../support/house.js';
import { eventually } from '../../support/patience.js';

describe('code that was compiled before', () => {
  let folder: string;
  const program = () => join(folder, 'programs/tscontain.cjs');
  const kept = () => readdirSync(join(folder, 'programs')).filter((file) => file !== 'tscontain.cjs');
  const version = (as: { uid?: number } = {}) => {
    const words = ['--', join(folder, 'tscontain.cjs'), '--version'];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', cwd: '/', ...as });
    assert.equal(stderr, '');
    assert.equal(status, 0);
    return stdout;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'programs'));
    for (const name of ['tscontain', 'programs/tscontain']) copyFileSync(product(name), join(folder, `${name}.cjs`));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is kept by the first command and used by the next', () => {
    const said = version();
    const [file, ...others] = kept();
    assert.deepEqual(others, []);
    const path = join(folder, 'programs', file!);
    const code = readFileSync(path);
    assert.equal(version(), said);
    assert.deepEqual(kept(), [file]);
    assert.ok(readFileSync(path).equals(code));
  });

  it('is made anew where it is not what V8 can use', () => {
    const said = version();
    const path = join(folder, 'programs', kept()[0]!);
    writeFileSync(path, '');
    assert.equal(version(), said);
    assert.notEqual(readFileSync(path).length, 0);
  });

  it('is not taken for that of another program of the same length', () => {
    const said = version();
    const text = readFileSync(program(), 'utf8');
    const other = text.replace(/^\/\/\w{8}/, '//00000000').replaceAll(said.trim().split(' ')[1]!, '9.9.9');
    assert.equal(other.length, text.length);
    writeFileSync(program(), other);
    assert.equal(version(), 'tscontain 9.9.9\n');
  });

  it('is kept by a supervisor when it leaves, and run by the next one', async () => {
    cpSync(dirname(product('tscontain')), folder, { recursive: true, force: true });
    for (const file of readdirSync(join(folder, 'programs')))
      if (!file.endsWith('.cjs')) rmSync(join(folder, 'programs', file));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const root = join(folder, 'root');
    const run = () => {
      const words = ['--root', root, 'run', '--rm', '--network', 'none', 'base', 'echo', 'it runs'];
      const { stdout } = spawnSync(process.execPath, [join(folder, 'tscontain.cjs'), ...words], { encoding: 'utf8' });
      assert.equal(stdout, 'it runs\n');
    };
    const leave = async () => {
      for (const id of registered(root)) process.kill(readEntry(root, id)!.pid, 'SIGTERM');
      await eventually(() => assert.deepEqual(registered(root), []));
    };
    run();
    await leave();
    const keptBySupervisor = () => kept().find((file) => /^supervisor\.cjs\.[^.]+-v[\d.]+-\w+$/.test(file));
    await eventually(() => assert.notEqual(keptBySupervisor(), undefined));
    const path = join(folder, 'programs', keptBySupervisor()!);
    const code = readFileSync(path);
    run();
    await leave();
    assert.ok(readFileSync(path).equals(code), 'V8 took it as it was');
  });

  it('is not needed: who may not write there runs the program all the same', () => {
    assert.equal(version({ uid: 65534 }), version({ uid: 65534 }));
    assert.deepEqual(kept(), []);
  });
});
