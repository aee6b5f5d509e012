// What a user gets: npm pack, a global installation without install scripts, and the two commands.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Emulator } from '../support/emulator.js';
import { House } from '../support/house.js';
import { enterOwnNetwork } from '../support/own-network.js';

describe('the package', () => {
  let prefix: string;
  let house: House;
  const installed = (name: string) => join(prefix, 'bin', name);

  before(() => {
    prefix = mkdtempSync(join(tmpdir(), 'tscontain-prefix-'));
    house = new House();
    const packed = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--pack-destination', prefix], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as [{ filename: string }];
    const tarball = join(prefix, packed[0].filename);
    execFileSync('npm', ['install', '-g', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', prefix, tarball], {
      stdio: 'ignore',
    });
    enterOwnNetwork();
  });
  after(async () => {
    await house.close();
    rmSync(prefix, { recursive: true, force: true });
  });

  const run = (...words: string[]) =>
    spawnSync(installed('tscontain'), words, { encoding: 'utf8', env: { ...process.env, TSCONTAIN_ROOT: house.root } });

  it('installs koffi and nothing else, and runs no install script', () => {
    const modules = readdirSync(join(prefix, 'lib/node_modules/tscontain/node_modules')).filter(
      (name) => !name.startsWith('.'),
    );
    assert.deepEqual(modules.sort(), ['@koromix', 'koffi']);
  });

  it('has one file an entry point, the manual and the completions', () => {
    const folder = join(prefix, 'lib/node_modules/tscontain');
    assert.deepEqual(readdirSync(join(folder, 'dist')).sort(), [
      'facts.cjs',
      'keeper.cjs',
      'layer-worker.cjs',
      'programs',
      'supervisor.cjs',
      'tscontain-tui.cjs',
      'tscontain.cjs',
    ]);
    assert.ok(existsSync(join(folder, 'docs/man/tscontain-run.1')));
    assert.ok(existsSync(join(folder, 'completions/tscontain.bash')));
  });

  it('runs a container', () => {
    const { status, stdout, stderr } = run('run', '--rm', 'base', 'sh', '-c', 'echo $$');
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '1\n', stderr: '' });
  });

  it('reads --env-file itself, whatever Node makes of that flag', () => {
    const { status, stderr } = run('run', '--rm', '--env-file', '/no/such/file', 'base', 'true');
    assert.equal(status, 125);
    assert.match(stderr, /^tscontain: .*\/no\/such\/file/);
  });

  it('opens the dashboard', async () => {
    const screen = new Emulator({
      command: [installed('tscontain-tui'), '--root', house.root],
      columns: 100,
      rows: 30,
    });
    await screen.waitFor('Nothing runs here yet', 20_000);
    screen.type('q');
    assert.deepEqual(await screen.ended, { code: 0, signal: null });
    await screen.close();
  });
});

describe('npm start', () => {
  it('says in one sentence what to type when it is not root', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tscontain-start-'));
    try {
      // A copy that an ordinary user can read, with no packages installed: the sentence comes before anything is needed.
      chmodSync(folder, 0o755);
      cpSync('scripts', join(folder, 'scripts'), { recursive: true });
      cpSync('package.json', join(folder, 'package.json'));
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'scripts/start.mjs')], {
        encoding: 'utf8',
        uid: 65534,
        gid: 65534,
      });
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.match(stderr, /^[^\n]*sudo npm start\n$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is what the README tells to type, beside npm test', () => {
    const readme = readFileSync('README.md', 'utf8');
    assert.match(readme, /^!\[[^\]]*\]\(screenshots\/demo\.svg\)/);
    assert.match(readme, /```sh\nnpm start.*\nnpm test/);
    for (const [, path] of readme.matchAll(/\]\(([^)#:]+)\)/g))
      assert.ok(existsSync(path!), `README points at ${path!}`);
  });
});
