// What cannot be of networks, on the command line: one sentence with the value and what would be right, and nothing half-made left.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { layout } from '../../../src/engine/state/layout.js';
import { House } from '../../support/house.js';
import { networkState } from '../../support/network-state.js';

let house: House;
before(async () => {
  house = new House();
  // A route of the host, to be in the way.
  execFileSync('ip', ['link', 'add', 'lan0', 'type', 'bridge']);
  execFileSync('ip', ['address', 'add', '10.77.0.1/16', 'dev', 'lan0']);
  execFileSync('ip', ['link', 'set', 'lan0', 'up']);
  await house.ok('network', 'create', '--subnet', '10.5.0.0/29', 'app');
  await house.ok('network', 'create', '--subnet', '10.6.0.0/30', 'tiny');
  await house.ok('run', '-d', '--name', 'db', '--network', 'app', '--ip', '10.5.0.2', 'base', 'sleep', '1000');
  await house.ok('run', '-d', '--name', 'only', '--network', 'tiny', 'base', 'sleep', '1000');
});
after(() => house.close());

const runs = (...words: string[]) => ['run', '-d', ...words, 'base', 'sleep', '1000'];

const cases: readonly { words: string[]; says: RegExp[] }[] = [
  { words: ['network', 'create', '--subnet', '10.77.4.0/24', 'new'], says: [/10\.77\.4\.0\/24/, /route over lan0/] },
  { words: ['network', 'create', '--subnet', '10.5.0.0/16', 'new'], says: [/10\.5\.0\.0\/16/, /network app/] },
  { words: ['network', 'create', '--subnet', '10.8.0.0', 'new'], says: [/10\.8\.0\.0/, /10\.5\.0\.0\/24/] },
  { words: ['network', 'create', '--subnet', '10.8.0.0/31', 'new'], says: [/10\.8\.0\.0\/31/, /30 at most/] },
  { words: ['network', 'create', '--subnet', '127.0.0.0/8', 'new'], says: [/127\.0\.0\.0\/8/, /private/] },
  {
    words: ['network', 'create', '--subnet', '10.8.0.0/24', '--gateway', '10.9.0.1', 'new'],
    says: [/10\.9\.0\.1/, /10\.8\.0\.0\/24/],
  },
  { words: ['network', 'create', 'app'], says: [/"app" already/] },
  { words: ['network', 'create', '../evil'], says: [/evil/] },
  { words: ['network', 'create', '--driver', 'overlay', 'new'], says: [/overlay/, /bridge/] },
  { words: ['network', 'create', '-o', 'colour=red', 'new'], says: [/colour/] },
  { words: ['network', 'rm', 'app'], says: [/app is in use by db/, /disconnect/] },
  { words: ['network', 'rm', 'nowhere'], says: [/"nowhere"/, /network ls/] },
  { words: ['network', 'connect', 'nowhere', 'db'], says: [/"nowhere"/] },
  { words: ['network', 'connect', 'app', 'nobody'], says: [/"nobody"/] },
  { words: ['network', 'connect', 'app', 'db'], says: [/db is on network app already/] },
  { words: ['network', 'connect', 'tiny', 'db'], says: [/every address of network tiny is taken/, /10\.6\.0\.0\/30/] },
  { words: ['network', 'disconnect', 'tiny', 'db'], says: [/db is not on network tiny/] },
  { words: runs('--network', 'nowhere'), says: [/"nowhere"/] },
  { words: runs('--network', 'app', '--ip', '10.5.0.2'), says: [/10\.5\.0\.2/, /"db"/] },
  { words: runs('--network', 'app', '--ip', '10.9.0.2'), says: [/10\.9\.0\.2/, /10\.5\.0\.0\/29/] },
  { words: runs('--network', 'app', '--ip', '10.5.0.1'), says: [/10\.5\.0\.1/, /gateway/] },
  { words: runs('--network', 'app', '--ip6', 'fd00::2'), says: [/fd00::2/, /no IPv6/] },
  { words: runs('--network', 'app', '--mac-address', '01:00:00:00:00:01'), says: [/01:00:00:00:00:01/, /even/] },
  { words: runs('--network', 'tiny'), says: [/every address of network tiny is taken/, /larger subnet/] },
  { words: runs('--network', 'container:nobody'), says: [/"nobody"/] },
  { words: runs('--network', 'none', '--ip', '10.5.0.3'), says: [/--network none/, /choose one/] },
  { words: runs('--dns', 'somewhere'), says: [/"somewhere"/] },
  { words: runs('--network-alias', 'two words'), says: [/"two words"/] },
];

const firstLines = (text: string): string[] => text.trimEnd().split('\n');

describe('bad input of networks', () => {
  for (const { words, says } of cases)
    it(`tscontain ${words.join(' ')}`, async () => {
      const containers = house.containerIds();
      const links = networkState()['links'];
      const networks = readdirSync(layout.networks(house.root)).sort();
      const { code, stdout, stderr } = await house.run(...words);
      assert.equal(code, words[0] === 'run' ? 125 : 1, stderr);
      assert.equal(stdout, '');
      assert.equal(firstLines(stderr).length, 1, stderr);
      for (const part of says) assert.match(stderr, part);
      assert.deepEqual(house.containerIds(), containers);
      assert.deepEqual(networkState()['links'], links);
      assert.deepEqual(readdirSync(layout.networks(house.root)).sort(), networks);
    });

  it('leaves those who are there where they are', async () => {
    const inspected = await house.ok('network', 'inspect', 'app');
    assert.match(inspected, /"10\.5\.0\.2\/29"/);
    assert.equal((await house.ok('ps', '-q')).split('\n').length, 2);
  });
});
