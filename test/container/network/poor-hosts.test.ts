// Hosts that do not give all that networks need: what can be had is had, and what cannot is said in one sentence, with nothing half-made.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import type { CreateSpec } from '../../../src/engine/index.js';
import { CLONE_NEWNS, listLinks, syscall } from '../../../src/native/index.js';
import { EngineHouse } from '../../support/engine-house.js';
import { House, outcome, product, type Outcome } from '../../support/house.js';
import { refusal } from '../../support/refusal.js';

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
const ADDRESSES =
  'ip -br address | sed "s/@[^ ]*//"; ping -c 1 -W 2 host.docker.internal > /dev/null 2>&1 && echo reached';

const mount = (...words: string[]): void => void execFileSync('mount', words);
/** Where it is, in the mount namespace of this test. */
function makeReadOnly(path: string): void {
  mount('--bind', path, path);
  mount('-o', 'remount,bind,ro', path);
}
const bridges = () => listLinks().flatMap(({ kind, name }) => (kind === 'bridge' ? [name] : []));

before(() => {
  syscall('unshare', CLONE_NEWNS);
  mount('--make-rprivate', '/');
  writeFileSync(FORWARDING, '0');
});

describe('a host whose settings', () => {
  let house: EngineHouse;
  beforeEach(async () => {
    house = await EngineHouse.open();
  });
  afterEach(() => house.close());

  const said = async (spec: Omit<CreateSpec, 'image' | 'cmd'> = {}): Promise<string[]> => {
    const { id } = await house.run(ADDRESSES, spec);
    return house.lines(id).map((line) => line.trim().replaceAll(/ +/g, ' '));
  };

  it('cannot be changed has no bridges, and keeps no half of one', async (t) => {
    makeReadOnly('/proc/sys');
    t.after(() => execFileSync('umount', ['/proc/sys']));
    const { id } = await house.shell('true');
    await assert.rejects(
      house.engine.start(id),
      refusal('LAUNCH_FAILED', /bridge of network bridge cannot be made: EROFS/),
    );
    assert.deepEqual(bridges(), []);
    assert.deepEqual((await house.engine.networks.inspect('bridge')).endpoints, []);
    assert.deepEqual(await said({ network: 'none' }), ['lo UNKNOWN 127.0.0.1/8 ::1/128']);
  });

  it('does not let it forward has containers that reach each other and the host, and says so', async (t) => {
    makeReadOnly(FORWARDING);
    t.after(() => execFileSync('umount', [FORWARDING]));
    const { id } = await house.start('sleep 1000');
    assert.deepEqual(await said(), ['lo UNKNOWN 127.0.0.1/8 ::1/128', 'eth0 UP 172.17.0.3/16', 'reached']);
    const { state } = await house.engine.get(id);
    assert.match(
      state.note ?? '',
      /^containers reach nobody beyond this host: net\.ipv4\.ip_forward cannot be set \(\/proc\/sys is read-only here\)$/,
    );
  });

  it('turn IPv6 off has IPv4, and IPv6 on the networks that are to have it', async (t) => {
    const setIpv6 = (value: string) => {
      for (const which of ['all', 'default']) writeFileSync(`/proc/sys/net/ipv6/conf/${which}/disable_ipv6`, value);
    };
    setIpv6('1');
    t.after(() => setIpv6('0'));
    assert.deepEqual(await said(), ['lo UNKNOWN 127.0.0.1/8 ::1/128', 'eth0 UP 172.17.0.2/16', 'reached']);
    await house.engine.networks.create({ name: 'six', subnets: ['10.6.0.0/24', 'fd00:6::/64'] });
    const [, eth0] = await said({ endpoints: [{ network: 'six', aliases: [] }] });
    assert.match(eth0!, /^eth0 UP 10\.6\.0\.2\/24 fd00:6::2\/64 fe80:/);
  });
});

describe('a host whose root has no right to change networks', () => {
  let house: House;
  beforeEach(() => (house = new House()));
  afterEach(() => house.close());

  const run = (...words: string[]): Promise<Outcome> => {
    const program = [process.execPath, '--', product('tscontain'), 'run', '--rm', ...words];
    const env = { ...process.env, TSCONTAIN_ROOT: house.root };
    return outcome(spawn('setpriv', ['--bounding-set', '-net_admin', ...program], { env }), words.join(' '));
  };

  it('says so, and has containers on no network and on that of the host', async () => {
    const refused = await run('base', 'true');
    assert.equal(refused.code, 125);
    assert.match(refused.stderr, /^tscontain: the bridge of network bridge cannot be made: .*CAP_NET_ADMIN.*\n$/);
    assert.deepEqual(bridges(), []);
    const alone = await run('--network', 'none', 'base', 'ip', '-br', 'link');
    assert.equal(alone.code, 0, alone.stderr);
    assert.match(alone.stdout, /^lo +DOWN /);
    assert.equal((await run('--network', 'host', 'base', 'true')).code, 0);
  });
});
