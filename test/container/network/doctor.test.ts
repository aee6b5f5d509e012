// What doctor says about networks: who is in the way of names, and what was changed of the host for as long as somebody is on one.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { House } from '../../support/house.js';
import { nameServerOf } from '../../support/name-ground.js';
import { eventually } from '../../support/patience.js';

let house: House;
before(() => {
  process.env['TSCONTAIN_KEEPER_IDLE_MS'] = '500';
  house = new House();
});
after(() => house.close());

/** What it says of one thing. */
async function doctor(what: string): Promise<string> {
  const { stdout } = await house.run('doctor', '--format', 'json');
  const lines = stdout.split('\n').filter((line) => line !== '');
  const found = lines
    .map((line) => JSON.parse(line) as { what: string; detail: string })
    .find((line) => line.what === what);
  return found?.detail ?? assert.fail(stdout);
}

describe('doctor', () => {
  it('names the program that has the port of name servers at every address', async () => {
    assert.match(await doctor('names on networks'), /^port 53 is free/);
    const other = await nameServerOf('0.0.0.0');
    try {
      const holder = `node (process ${other.pid!})`;
      assert.equal(await doctor('names on networks'), `${holder} has port 53 at every address: names are not answered`);
      const { code, stderr } = await house.run('run', '--rm', 'base', 'true');
      assert.equal(code, 0, 'a container without names is better than none');
      assert.ok(stderr.includes(`${holder} has port 53 of 172.17.0.1`), stderr);
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    assert.match(await doctor('names on networks'), /^port 53 is free/);
  });

  it('tells of the settings that were changed, for as long as they are', async () => {
    const none = /^none is changed/;
    await eventually(async () => assert.match(await doctor('settings of the host'), none), 20_000);
    await house.runs('web', 'sleep 1000');
    assert.match(await doctor('settings of the host'), /^net\.ipv4\.ip_forward was 0 and is 1: put back/);
    assert.match(await doctor('names on networks'), /^port 53 is free/, 'the keeper has it at the gateways alone');
    await house.ok('rm', '-f', 'web');
    await eventually(async () => assert.match(await doctor('settings of the host'), none), 20_000);
  });
});
