import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  parseResolvConf,
  resolvConfFor,
  resolvConfOf,
  serversToAsk,
} from '../../../../../src/engine/network/names/resolv-conf.js';

const HOST = `# made by something
; nameserver 10.0.0.9
nameserver 10.0.0.1
nameserver   fe80::1%eth0
nameserver nonsense
nameserver
domain old.example
search corp.example lab.example
options ndots:3 edns0
options trust-ad
sortlist 10.0.0.0
`;

describe('resolv.conf of the host', () => {
  it('is taken as the C library takes it', () => {
    assert.deepEqual(parseResolvConf(HOST), {
      servers: ['10.0.0.1', 'fe80::1%eth0'],
      search: ['corp.example', 'lab.example'],
      options: ['ndots:3', 'edns0', 'trust-ad'],
    });
    assert.deepEqual(parseResolvConf('nameserver 1.1.1.1\n'.repeat(5)).servers.length, 3);
    assert.deepEqual(parseResolvConf(''), { servers: [], search: [], options: [] });
  });

  it('is no trouble whatever stands in it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseResolvConf(text)));
  });

  it('names whom we ask, but never ourselves', () => {
    assert.deepEqual(serversToAsk(['10.5.0.1', '10.0.0.1'], new Set(['10.5.0.1'])), ['10.0.0.1']);
    assert.deepEqual(serversToAsk(['10.5.0.1'], new Set(['10.5.0.1'])), []);
    assert.deepEqual(serversToAsk([], new Set()), ['127.0.0.1']);
  });
});

describe('resolv.conf of a container', () => {
  const host = parseResolvConf(HOST);

  it('on a network names the gateway, and has names without a dot asked for as they are', () => {
    assert.equal(
      resolvConfFor('10.5.0.1', host, {}),
      'nameserver 10.5.0.1\nsearch corp.example lab.example\noptions edns0 trust-ad ndots:0\n',
    );
  });

  it('has what was asked for in the place of the host\u2019s', () => {
    const wishes = { search: ['here.example'], options: ['ndots:2'] };
    assert.equal(
      resolvConfFor('10.5.0.1', host, wishes),
      'nameserver 10.5.0.1\nsearch here.example\noptions ndots:2\n',
    );
    assert.equal(
      resolvConfFor('10.5.0.1', host, { search: ['.'], options: [] }),
      'nameserver 10.5.0.1\noptions ndots:0\n',
    );
  });

  it('on none is that of the host, but for what was asked for', () => {
    assert.equal(resolvConfOf(HOST, {}), HOST);
    assert.equal(
      resolvConfOf(HOST, { servers: ['10.1.1.1'], search: ['.'] }),
      'nameserver 10.1.1.1\noptions ndots:3 edns0 trust-ad\n',
    );
  });
});
