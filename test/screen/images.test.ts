// The Images view of the real program on a real store: what it lists, what is done there is done.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Emulator } from '../support/emulator.js';
import { House, product } from '../support/house.js';
import { noDockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { patience } from '../support/patience.js';

const WAIT_MS = patience(15_000);

let house: House;
let screen: Emulator | undefined;

async function open(...flags: string[]): Promise<Emulator> {
  const command = [process.execPath, product('tscontain-tui'), '--root', house.root, ...flags] as const;
  screen = new Emulator({ columns: 140, rows: 40, command });
  await screen.waitFor('keeper', WAIT_MS);
  screen.type('I');
  await screen.waitFor('images', WAIT_MS);
  return screen;
}

const see = (wanted: string | RegExp): Promise<void> => screen!.waitFor(wanted, WAIT_MS);

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    screen!.type(key);
    await sleep(120);
  }
}

describe('the Images view', () => {
  before(async () => {
    house = new House();
    await house.ok('run', '-d', '--name', 'keeper', 'base', 'sleep', '1000');
  });
  afterEach(async () => {
    await screen?.close();
  });
  after(() => house.close());

  it('lists what the store has, with its layers and its configuration', async () => {
    await open();
    await see(/base +[0-9a-f]{12} .* keeper/);
    await see(/in 1 layer/);
    await press('3');
    await see(/runs +\w*sh/);
    await see(/used by +keeper/);
    await see(/id +sha256:[0-9a-f]{64}/);
  });

  it('names an image, takes the name back, and removes it', async () => {
    await open();
    await see(/base .* keeper/);
    await press('t', 'Mine', '\r');
    await see(/use small letters/);
    await press('\x7f', '\x7f', '\x7f', '\x7f', 'team/web:1', '\r');
    await see(/base is team\/web:1 too/);
    await see(/team\/web:1 +[0-9a-f]{12}/);
    assert.match(await house.ok('image', 'ls'), /team\/web/);
    await press('\x1a');
    await see(/team\/web:1 is a name no more/);
    assert.doesNotMatch(await house.ok('image', 'ls'), /team\/web/);
    await press('d');
    await see(/base is used by keeper/);
  });

  it('pushes to a registry and pulls from it, with bars and news', { skip: noDockerRegistry }, async (test) => {
    const { host } = await startDockerRegistry(test);
    await house.ok('image', 'tag', 'base', `${host}/team/base:1`);
    await open();
    await see(/team\/base:1/);
    await press('P', '\r');
    await see(/⁴transfers/);
    await see(/team\/base:1 was pushed: \S+ in /);
    await press('p', `${host}/team/base:1`, '\r');
    await see(/is as new as it is there: nothing was to be pulled/);
    await house.ok('image', 'rm', `${host}/team/base:1`);
    await press('p', `${host}/team/none`, '\r');
    await see(/The pull of .*team\/none:latest failed: /);
  });

  it('builds a directory, with its steps and what they write, and the second time from the cache', async (test) => {
    const directory = mkdtempSync(join(tmpdir(), 'tscontain-build-'));
    test.after(() => rmSync(directory, { recursive: true, force: true }));
    writeFileSync(join(directory, 'Dockerfile'), 'FROM base\nCOPY word /word\nRUN echo built with $(cat /word)\n');
    writeFileSync(join(directory, 'word'), 'care\n');
    await open();
    await see(/base .* keeper/);
    await press('b', '\x7f', directory, '\t', '\t', 'made:1', '\r', '5');
    await see(/built with care/);
    await see(/RUN echo built with/);
    await see(/made:1 was built: \d+ steps, /);
    await press('r');
    await see(/made:1 was built: nothing had changed/);
    writeFileSync(join(directory, 'Dockerfile'), 'FROM base\nRUN echo so it ends; exit 3\n');
    await press('r');
    await see(/The build of made:1 failed: /);
    await see(/so it ends/);
  });

  it('saves an image to an archive and loads it', async (test) => {
    const directory = mkdtempSync(join(tmpdir(), 'tscontain-archive-'));
    test.after(() => rmSync(directory, { recursive: true, force: true }));
    await house.ok('image', 'tag', 'base', 'saved:1');
    await open();
    await see(/saved:1/);
    await press('/', 'saved', '\r', 'S');
    await see('saved-1.tar');
    await press('\x15', join(directory, 'a.tar'), '\r');
    await see(/saved:1 was saved to .*a\.tar/);
    await press('L', join(directory, 'a.tar'), '\r');
    await see(/saved:1 came from .*a\.tar/);
  });

  it('changes nothing where it only watches', async () => {
    await open('--read-only');
    await see(/base .* keeper/);
    await press('t');
    await see(/Read only: this names an image/);
  });
});
