import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { answer, HOST_NAME, type Answer } from '../../../../../src/engine/network/names/answer.js';
import { addressOfReverseName } from '../../../../../src/engine/network/names/reverse.js';
import { nameTable } from '../../../../../src/engine/network/names/tables.js';
import { endpoint, network } from '../../../../support/name-tables.js';

const app = network('app', ['10.5.0.0/24', 'fd00:5::/64']);
const back = network('back', ['10.6.0.0/24'], { internal: true });
const other = network('other', ['10.7.0.0/24']);

const db = endpoint('db', '10.5.0.2', { ipv6Address: 'fd00:5::2', names: ['db', 'postgres'] });
const web1 = endpoint('web1', '10.5.0.3', { names: ['web1', 'web'] });
const web2 = endpoint('web2', '10.5.0.4', { names: ['web2', 'web'] });
const web3 = endpoint('web3', '10.5.0.5', { names: ['web3', 'web'] });
const dbBehind = endpoint('db', '10.6.0.2', { names: ['db', 'postgres'] });
const vault = endpoint('vault', '10.6.0.3', { names: ['vault'] });
const stranger = endpoint('stranger', '10.7.0.2', { names: ['stranger', 'db'] });

const tables = [
  nameTable(app, [db, web1, web2, web3]),
  nameTable(back, [dbBehind, vault]),
  nameTable(other, [stranger]),
];

const fromWeb = { network: app.id, address: '10.5.0.3' };
const fromDb = { network: app.id, address: '10.5.0.2' };
const fromVault = { network: back.id, address: '10.6.0.3' };
const ask = (name: string, type = 'A', who = fromWeb, turn = 0): Answer => answer({ name, type }, who, tables, turn);
const addresses = (said: Answer): string[] => (said.kind === 'records' ? said.records.map(({ data }) => data) : []);

describe('what a container is told that asks for a name', () => {
  it('is the address of its neighbour, of the family asked for', () => {
    assert.deepEqual(ask('db'), { kind: 'records', records: [{ type: 'A', data: '10.5.0.2' }] });
    assert.deepEqual(ask('db', 'AAAA'), { kind: 'records', records: [{ type: 'AAAA', data: 'fd00:5::2' }] });
    assert.deepEqual(addresses(ask('db', 'ANY')), ['10.5.0.2', 'fd00:5::2']);
  });

  it('is the same for an alias, and for the name with that of the network behind it', () => {
    assert.deepEqual(addresses(ask('postgres')), ['10.5.0.2']);
    assert.deepEqual(addresses(ask('db.app')), ['10.5.0.2']);
    assert.equal(ask('db.other').kind, 'elsewhere');
  });

  it('tells a name without such an address from one that is none', () => {
    assert.deepEqual(ask('web1', 'AAAA'), { kind: 'records', records: [] });
    assert.deepEqual(ask('web1', 'MX'), { kind: 'records', records: [] });
    assert.deepEqual(ask('nobody'), { kind: 'elsewhere' });
    assert.deepEqual(ask('nobody', 'A', fromVault), { kind: 'no-such-name' });
  });

  it('is of the networks only that it is on itself', () => {
    assert.equal(ask('vault').kind, 'elsewhere');
    assert.deepEqual(addresses(ask('vault', 'A', fromDb)), ['10.6.0.3']);
    assert.deepEqual(addresses(ask('stranger')), []);
    assert.deepEqual(addresses(ask('web1', 'A', fromVault)), []);
  });

  it('leaves the rest to others where one of its networks has a way out', () => {
    assert.deepEqual(ask('example.org', 'A', fromDb), { kind: 'elsewhere' });
    assert.deepEqual(ask('example.org', 'A', fromVault), { kind: 'no-such-name' });
  });

  it('knows the host by the name that Docker gave it', () => {
    assert.deepEqual(addresses(ask(HOST_NAME)), ['10.5.0.1']);
    assert.deepEqual(addresses(ask(HOST_NAME, 'AAAA')), ['fd00:5::1']);
    assert.deepEqual(addresses(ask(HOST_NAME, 'A', fromVault)), ['10.6.0.1']);
  });

  it('answers the host too, of the network whose gateway it asks', () => {
    const host = { network: app.id, address: '10.5.0.1' };
    assert.deepEqual(addresses(ask('db', 'A', host)), ['10.5.0.2']);
    assert.equal(ask('vault', 'A', host).kind, 'elsewhere');
  });

  it('gives each of several addresses its turn to be the first', () => {
    const firsts = [0, 1, 2, 3, 4, 5].map((turn) => addresses(ask('web', 'A', fromWeb, turn))[0]);
    assert.deepEqual(firsts, ['10.5.0.3', '10.5.0.4', '10.5.0.5', '10.5.0.3', '10.5.0.4', '10.5.0.5']);
  });

  it('never leaves one out, nor adds one, whoever stands first', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 40 }), (turn, count) => {
        const many = Array.from({ length: count }, (_, i) => endpoint(`w${i}`, `10.5.0.${i + 2}`, { names: ['many'] }));
        const said = answer({ name: 'many', type: 'A' }, fromWeb, [nameTable(app, many)], turn);
        assert.deepEqual(addresses(said).toSorted(), many.map(({ ipv4Address }) => ipv4Address).toSorted());
        assert.equal(addresses(said)[0], many[turn % count]!.ipv4Address);
      }),
    );
  });
});

describe('what is said of an address', () => {
  it('is the name at it, with its network', () => {
    assert.deepEqual(ask('2.0.5.10.in-addr.arpa', 'PTR'), {
      kind: 'records',
      records: [{ type: 'PTR', data: 'db.app' }],
    });
    const ipv6 = `2${'.0'.repeat(15)}.0.0.0.0.0.0.0.0.5.0.0.0.0.0.d.f.ip6.arpa`;
    assert.deepEqual(addresses(ask(ipv6, 'PTR')), ['db.app']);
    assert.deepEqual(addresses(ask('1.0.5.10.in-addr.arpa', 'PTR')), [HOST_NAME]);
    assert.deepEqual(ask('2.0.5.10.in-addr.arpa', 'A'), { kind: 'records', records: [] });
  });

  it('is nothing where nobody has it, and others are asked only where it is none of ours', () => {
    assert.deepEqual(ask('99.0.5.10.in-addr.arpa', 'PTR'), { kind: 'no-such-name' });
    assert.deepEqual(ask('8.8.8.8.in-addr.arpa', 'PTR'), { kind: 'elsewhere' });
    assert.deepEqual(ask('2.0.7.10.in-addr.arpa', 'PTR'), { kind: 'elsewhere' });
  });

  it('is a name that fits into a message, also of a container whose own does not', () => {
    const long = endpoint('x'.repeat(100), '10.5.0.9', { names: ['x'.repeat(100), '0123456789ab'] });
    const said = answer({ name: '9.0.5.10.in-addr.arpa', type: 'PTR' }, fromWeb, [nameTable(app, [web1, long])]);
    assert.deepEqual(addresses(said), ['0123456789ab.app']);
  });

  it('is read from its reversed name, and from no other', () => {
    for (const name of [
      '5.10.in-addr.arpa',
      '1.2.3.256.in-addr.arpa',
      '01.2.3.4.in-addr.arpa',
      'x.ip6.arpa',
      'in-addr.arpa',
      '',
    ])
      assert.equal(addressOfReverseName(name), undefined, name);
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        assert.equal(addressOfReverseName(`${address.split('.').reverse().join('.')}.in-addr.arpa`), address);
      }),
    );
  });
});
