// The steps by which a container comes by its network, as data.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NetworkView } from '../../../../src/engine/launch/facts.js';
import { hasOwnNetwork, meetNetwork, raiseLoopback, setUpNetwork } from '../../../../src/engine/launch/network.js';
import { describeProgram, layOut, type Program, type StepArg } from '../../../../src/native/index.js';

const plugged: NetworkView = {
  kind: 'plugged',
  tellFd: 30,
  waitFd: 31,
  interfaces: [
    {
      name: 'eth0',
      index: 100,
      ipv4: { address: '10.5.0.2', prefix: 20 },
      ipv6: { address: 'fd00:5::2', prefix: 64 },
    },
    { name: 'eth1', index: 101, ipv4: { address: '10.6.0.2', prefix: 24 } },
  ],
  defaults: [
    { family: 4, gateway: '10.5.0.1' },
    { family: 6, gateway: 'fd00:5::1' },
  ],
};

const said = (program: Program): string[] => describeProgram(program).map(({ name, call }) => `${name}: ${call}`);
const hex = (arg: StepArg | undefined): string => Buffer.from(arg as Uint8Array).toString('hex');
const argumentOf = (program: Program, name: string, which = 0): string =>
  hex(program.filter((step) => step.name === name)[which]?.args[2]);

describe('a container that is plugged in', () => {
  it('asks for it first, and waits for it before it gives its interfaces their addresses', () => {
    assert.deepEqual(said(meetNetwork(plugged)), ['ask to be plugged in: write']);
    assert.deepEqual(said(setUpNetwork(plugged)), [
      'wait to be plugged in: read',
      'open a socket for IPv6: socket',
      'set net.ipv6.conf.eth0.disable_ipv6: openat',
      'set net.ipv6.conf.eth0.disable_ipv6: write',
      'set net.ipv6.conf.eth0.accept_ra: openat',
      'set net.ipv6.conf.eth0.accept_ra: write',
      'set net.ipv6.conf.eth0.accept_dad: openat',
      'set net.ipv6.conf.eth0.accept_dad: write',
      'give eth0 the address 10.5.0.2/20: ioctl',
      'give eth0 the address 10.5.0.2/20: ioctl',
      'give eth0 the address fd00:5::2/64: ioctl',
      'bring up eth0: ioctl',
      'set net.ipv6.conf.eth1.disable_ipv6: openat',
      'set net.ipv6.conf.eth1.disable_ipv6: write',
      'give eth1 the address 10.6.0.2/24: ioctl',
      'give eth1 the address 10.6.0.2/24: ioctl',
      'bring up eth1: ioctl',
      'reach everybody else over 10.5.0.1: ioctl',
      'reach everybody else over fd00:5::1: ioctl',
    ]);
    const whole = [...meetNetwork(plugged), ...raiseLoopback(plugged), ...setUpNetwork(plugged)];
    assert.ok(layOut(whole, { address: 0x10000000n }).length > 0, 'every result is stored before it is used');
  });

  it('says it to the kernel in its own structs', () => {
    const program = setUpNetwork(plugged);
    const name = `${Buffer.from('eth0').toString('hex')}${'00'.repeat(12)}`;
    const nothing = '00'.repeat(8);
    const given = 'give eth0 the address 10.5.0.2/20';
    assert.equal(argumentOf(program, given), `${name}020000000a050002${nothing}${nothing}`);
    assert.equal(argumentOf(program, given, 1), `${name}02000000fffff000${nothing}${nothing}`);
    assert.equal(
      argumentOf(program, 'give eth0 the address fd00:5::2/64'),
      `fd000005${'00'.repeat(11)}024000000064000000`,
    );
    assert.equal(argumentOf(program, 'bring up eth0'), `${name}0110${'00'.repeat(22)}`);
    assert.equal(
      argumentOf(program, 'reach everybody else over 10.5.0.1'),
      `${nothing}02000000000000000000000000000000020000000a0500010000000000000000` +
        `020000000000000000000000000000000300${'00'.repeat(62)}`,
    );
    assert.equal(
      argumentOf(program, 'reach everybody else over fd00:5::1'),
      `${'00'.repeat(32)}fd000005${'00'.repeat(11)}01${'00'.repeat(24)}0300000000000000`,
    );
  });

  it('needs no socket of IPv6 where it has no address of it', () => {
    const program = setUpNetwork({
      ...plugged,
      interfaces: plugged.interfaces.slice(1),
      defaults: plugged.defaults.slice(0, 1),
    });
    assert.ok(!program.some(({ name }) => name === 'open a socket for IPv6'));
  });
});

describe('a container without interfaces', () => {
  it('has lo, or what it shares, and nothing else', () => {
    const shared: NetworkView = { kind: 'shared', namespaceFd: 40 };
    assert.deepEqual(said(raiseLoopback({ kind: 'alone' })), ['bring up lo: socket', 'bring up lo: ioctl']);
    assert.deepEqual(said(meetNetwork(shared)), ['share the network: setns']);
    for (const view of [{ kind: 'alone' }, { kind: 'host' }, shared] as const) assert.deepEqual(setUpNetwork(view), []);
    for (const view of [{ kind: 'host' }, shared] as const) assert.deepEqual(raiseLoopback(view), []);
    for (const view of [{ kind: 'alone' }, { kind: 'host' }] as const) assert.deepEqual(meetNetwork(view), []);
  });

  it('has a network namespace of its own unless it shares one', () => {
    assert.ok(hasOwnNetwork({ network: 'none' }) && hasOwnNetwork({ network: 'bridge' }));
    assert.ok(!hasOwnNetwork({ network: 'host' }) && !hasOwnNetwork({ network: 'container:abc' }));
  });
});
