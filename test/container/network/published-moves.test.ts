// Published ports lead to the container wherever it is: taken off the network that they led through, and connected to another.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { House } from '../../support/house.js';
import { eventually, patience } from '../../support/patience.js';

const BUSYBOX = '/usr/bin/busybox';
const skip = existsSync(BUSYBOX) ? false : `${BUSYBOX} is missing: apt-get install busybox-static`;
const HOST = '10.99.0.1';

let house: House;
before(() => {
  house = new House();
  execFileSync('ip', ['address', 'add', `${HOST}/32`, 'dev', 'lo']);
});
after(() => house.close());

async function said(address: string, port: number, ms: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${address}:${port}/hostname`, { signal: AbortSignal.timeout(patience(ms)) });
    return (await response.text()).trim();
  } catch {
    return undefined;
  }
}
const answers = (address: string, port = 8099) =>
  eventually(async () => assert.equal(await said(address, port, 2_000), 'web'));
const isSilent = (address: string) => eventually(async () => assert.equal(await said(address, 8099, 300), undefined));

describe('a published port', { skip }, () => {
  it('follows its container from one network to another, and comes back with it', async () => {
    await house.ok('network', 'create', '--subnet', '10.81.0.0/24', 'one');
    await house.ok('network', 'create', '--subnet', '10.82.0.0/24', 'two');
    await house.ok('network', 'create', '--subnet', '10.83.0.0/24', '--internal', 'inside');
    const words = ['--network', 'one', '-p', '8099:80', '--hostname', 'web', '-v', `${BUSYBOX}:/busybox:ro`];
    await house.ok('run', '-d', '--name', 'web', ...words, 'base', '/busybox', 'httpd', '-f', '-p', '80', '-h', '/etc');
    // 127.0.0.1 is the proxy's, the other address that of a rule.
    for (const address of ['127.0.0.1', HOST]) await answers(address);
    const published = await house.ok('port', 'web');

    await house.ok('network', 'connect', 'inside', 'web');
    await house.ok('network', 'connect', 'two', 'web');
    await house.ok('network', 'disconnect', 'one', 'web');
    assert.equal(await house.ok('port', 'web'), published);
    for (const address of ['127.0.0.1', HOST]) await answers(address);

    await house.ok('network', 'disconnect', 'two', 'web');
    assert.equal(await house.ok('port', 'web'), '');
    for (const address of ['127.0.0.1', HOST]) await isSilent(address);

    await house.ok('network', 'connect', 'one', 'web');
    assert.equal(await house.ok('port', 'web'), published);
    for (const address of ['127.0.0.1', HOST]) await answers(address);
  });

  it('that was to be any, or one of a range, is the same when its container comes back', async () => {
    const words = [
      '--network',
      'one',
      '-p',
      '80',
      '-p',
      '9100-9110:80',
      '--hostname',
      'web',
      '-v',
      `${BUSYBOX}:/busybox:ro`,
    ];
    await house.ok('run', '-d', '--name', 'any', ...words, 'base', '/busybox', 'httpd', '-f', '-p', '80', '-h', '/etc');
    const published = await house.ok('port', 'any');
    const ports = [...new Set([...published.matchAll(/:(\d+)$/gm)].map(([, port]) => Number(port)))];
    assert.equal(ports.length, 2, published);
    for (const port of ports) await answers('127.0.0.1', port);

    await house.ok('network', 'disconnect', 'one', 'any');
    assert.equal(await house.ok('port', 'any'), '');
    await house.ok('network', 'connect', 'two', 'any');
    assert.equal(await house.ok('port', 'any'), published);
    for (const address of ['127.0.0.1', HOST]) for (const port of ports) await answers(address, port);
  });

  it('is there from the first network that leads out, for a container that was on internal ones alone', async () => {
    const words = ['--network', 'inside', '-p', '8098:80', '--hostname', 'web', '-v', `${BUSYBOX}:/busybox:ro`];
    await house.ok('run', '-d', '--name', 'in', ...words, 'base', '/busybox', 'httpd', '-f', '-p', '80', '-h', '/etc');
    assert.equal(await house.ok('port', 'in'), '');
    await house.ok('network', 'connect', 'one', 'in');
    for (const address of ['127.0.0.1', HOST]) await answers(address, 8098);
  });

  it('that somebody else has meanwhile keeps its container off the network, and says who', async () => {
    await house.ok('run', '-d', '--name', 'late', '--network', 'inside', '-p', '8097:80', 'base', 'sleep', '1000');
    await house.ok('run', '-d', '--name', 'early', '--network', 'two', '-p', '8097:80', 'base', 'sleep', '1000');
    const { code, stderr } = await house.run('network', 'connect', 'one', 'late');
    assert.equal(code, 1);
    assert.match(stderr, /port 8097\/tcp of the host is in use by container early/);
    assert.doesNotMatch(await house.ok('network', 'inspect', 'one'), /"late"/);
  });
});
