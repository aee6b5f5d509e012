// What network interfaces have counted: all of them together, and each by itself with its rates and the last minutes of them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Interfaces } from '../../../src/metrics/interfaces.js';
import { eachInterface, isNotLoopback, networkCounters, noNetwork } from '../../../src/metrics/net-dev.js';
import type { Text } from '../../../src/metrics/proc.js';
import { fixture, text } from '../../support/kernel-text.js';

const HEADING = 'heading\ncolumns\n';
const line = (name: string, rx: readonly number[], tx: readonly number[]): string =>
  `${name.padStart(6)}: ${[...rx, 0, 0, 0, 0, ...tx, 0, 0, 0, 0].join(' ')}\n`;
const counted = (of: Text) => {
  const into = noNetwork();
  networkCounters(of, isNotLoopback, into);
  return into;
};

describe('net/dev', () => {
  it('is the sum of every interface but lo', () => {
    assert.deepEqual(counted(fixture('proc/4242/net/dev')), {
      rxBytes: 8516,
      txBytes: 8516,
      rxPackets: 10,
      txPackets: 10,
      rxDrops: 0,
      txDrops: 0,
      rxErrors: 0,
      txErrors: 0,
    });
  });

  it('has errors and drops where the kernel has them', () => {
    const of = text(HEADING + line('eth0', [1, 2, 3, 4], [5, 6, 7, 8]));
    assert.deepEqual(counted(of), {
      rxBytes: 1,
      rxPackets: 2,
      rxErrors: 3,
      rxDrops: 4,
      txBytes: 5,
      txPackets: 6,
      txErrors: 7,
      txDrops: 8,
    });
  });

  it('is not measured where there is only lo', () => {
    const [heading, columns, lo] = Buffer.from(fixture('proc/net/dev').bytes).toString().split('\n');
    assert.deepEqual(counted(text(`${heading!}\n${columns!}\n${lo!}\n`)), noNetwork());
  });

  it('takes an interface whose name begins with lo for what it is', () => {
    const { rxBytes, txBytes } = counted(text(HEADING + line('loop9', [5, 0, 0, 0], [7, 0, 0, 0])));
    assert.deepEqual([rxBytes, txBytes], [5, 7]);
  });

  it('names each interface, an alias with a colon too', () => {
    const names: string[] = [];
    const of = fixture('proc/net/dev');
    eachInterface(of, isNotLoopback, (_counters, from, to) => {
      names.push(Buffer.from(of.bytes.subarray(from, to)).toString());
    });
    assert.deepEqual(names, ['ifb0', 'ifb1', 'eth0']);
  });

  it('is read to its end whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ':', '0', ' ', '9', '\n') }), (content) => {
        const { rxBytes } = counted(text(content));
        assert.ok(Number.isNaN(rxBytes) || rxBytes >= 0);
      }),
    );
  });
});

describe('the interfaces of a target', () => {
  const read = (interfaces: Interfaces, at: number, ...lines: readonly string[]): void => {
    const of = text(HEADING + lines.join(''));
    interfaces.begin(of, at);
    eachInterface(of, isNotLoopback, interfaces.see);
    interfaces.end();
  };

  it('have rates of their own from the second reading on, and what they counted', () => {
    const interfaces = new Interfaces();
    read(interfaces, 1000, line('eth0', [100, 1, 0, 0], [0, 0, 0, 0]), line('eth1', [7, 1, 0, 0], [0, 0, 0, 0]));
    assert.deepEqual(interfaces.list.map(({ name }) => name), ['eth0', 'eth1']); // prettier-ignore
    assert.deepEqual(interfaces.list[0]!.rates, noNetwork(), 'once is no rate');
    read(interfaces, 3000, line('eth0', [500, 5, 2, 6], [40, 2, 0, 0]), line('eth1', [7, 1, 0, 0], [0, 0, 0, 0]));
    const [eth0, eth1] = interfaces.list;
    assert.equal(eth0!.rates.rxBytes, 200);
    assert.equal(eth0!.rates.txBytes, 20);
    assert.equal(eth0!.rates.rxErrors, 1);
    assert.equal(eth0!.rates.rxDrops, 3);
    assert.equal(eth0!.totals.rxBytes, 500);
    assert.equal(eth1!.rates.rxBytes, 0);
    assert.equal(eth0!.received.at(-1), 200);
    assert.equal(eth0!.sent.at(-1), 20);
    assert.ok(Number.isNaN(eth0!.received.at(-2)));
  });

  it('that come later have no rate for the time before, and those that go are gone', () => {
    const interfaces = new Interfaces();
    read(interfaces, 1000, line('eth0', [1, 0, 0, 0], [0, 0, 0, 0]));
    read(interfaces, 2000, line('eth0', [2, 0, 0, 0], [0, 0, 0, 0]), line('eth1', [9000, 0, 0, 0], [0, 0, 0, 0]));
    assert.ok(Number.isNaN(interfaces.list[1]!.rates.rxBytes));
    read(interfaces, 3000, line('eth1', [9001, 0, 0, 0], [0, 0, 0, 0]));
    assert.deepEqual(interfaces.list.map(({ name, rates }) => [name, rates.rxBytes]), [['eth1', 1]]); // prettier-ignore
  });

  it('that begin to count anew are not measured for that while', () => {
    const interfaces = new Interfaces();
    read(interfaces, 1000, line('eth0', [1000, 0, 0, 0], [0, 0, 0, 0]));
    read(interfaces, 2000, line('eth0', [10, 0, 0, 0], [0, 0, 0, 0]));
    assert.ok(Number.isNaN(interfaces.list[0]!.rates.rxBytes));
    read(interfaces, 3000, line('eth0', [30, 0, 0, 0], [0, 0, 0, 0]));
    assert.equal(interfaces.list[0]!.rates.rxBytes, 20);
    interfaces.forget();
    assert.deepEqual(interfaces.list, []);
  });

  it('are no more than a few, however many a container makes, and their past is bounded', () => {
    const interfaces = new Interfaces();
    const all = Array.from({ length: 500 }, (_, i) => line(`v${i}`, [i, 0, 0, 0], [0, 0, 0, 0]));
    for (let at = 1; at < 700; at++) read(interfaces, at * 1000, ...(at < 3 ? all : all.slice(0, 2)));
    assert.deepEqual(interfaces.list.map(({ name }) => name), ['v0', 'v1']); // prettier-ignore
    assert.equal(interfaces.list[0]!.received.length, 300);
    assert.equal(interfaces.list[0]!.received[0], 0);
  });
});
