// What a container's configuration says about its networks, names and ports, and what is refused of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressesOf, parseMac, parseNetwork } from '../../../../src/engine/grammar/networks.js';
import { portWords, publishedWords } from '../../../../src/engine/network/port-words.js';
import type { CreateSpec, PublishedPort } from '../../../../src/engine/index.js';
import { sentenceOf } from '../../../support/refusal.js';
import { configured } from '../../../support/spec.js';

describe('--network', () => {
  it('is a mode or a network, in short or in words', () => {
    assert.deepEqual(parseNetwork('none'), { mode: 'none' });
    assert.deepEqual(parseNetwork('default'), { mode: 'bridge' });
    assert.deepEqual(parseNetwork('container:web'), { mode: 'container:web' });
    assert.deepEqual(parseNetwork('app'), { endpoint: { network: 'app', aliases: [] } });
    assert.deepEqual(
      parseNetwork('name=app,alias=db,alias=Store,ip=10.5.0.2,ip6=fd00:0005::2,mac-address=02-42-AC-12-00-02'),
      {
        endpoint: {
          network: 'app',
          aliases: ['db', 'Store'],
          ipv4Address: '10.5.0.2',
          ipv6Address: 'fd00:5::2',
          macAddress: '02:42:ac:12:00:02',
        },
      },
    );
  });

  it('is refused with the value and what would be right', () => {
    for (const text of [
      '',
      'container:',
      'alias=db',
      'name=',
      'name=a,name=b',
      'name=a,ip=x',
      'name=a,ip=fd00::1',
      'name=a,link=b',
    ])
      assert.match(
        sentenceOf(() => parseNetwork(text)),
        /cannot be: /,
        text,
      );
    for (const alias of ['', 'a b', '-x', 'x'.repeat(64), 'a..b', 'a\u001b[2Jb'])
      assert.doesNotMatch(
        sentenceOf(() => parseNetwork(`name=a,alias=${alias}`)),
        /\u001b/,
        alias,
      );
  });

  it('takes addresses of one interface only', () => {
    assert.deepEqual(addressesOf({}), {});
    for (const mac of ['', '02:42', '02:42:ac:12:00:0g', '01:00:5e:00:00:01', 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00'])
      assert.match(
        sentenceOf(() => parseMac(mac)),
        /the MAC address ".*" cannot be/,
        mac,
      );
  });
});

describe('the connection of a container', () => {
  const problemsOf = (spec: Partial<CreateSpec>) => configured(spec).problems.map(({ field }) => field);
  const port = { containerPort: 80, protocol: 'tcp', hostIp: '', hostPort: 8080 } as const;

  it('is the default network unless something else is said, and says nothing that nobody asked for', () => {
    const { config } = configured();
    assert.equal(config.network, 'bridge');
    for (const field of ['endpoints', 'ports', 'publishAll', 'dns', 'dnsSearch', 'dnsOptions'])
      assert.ok(!(field in config), field);
  });

  it('keeps what was asked for', () => {
    const spec: Partial<CreateSpec> = {
      endpoints: [{ network: 'c'.repeat(64), aliases: ['db'], ipv4Address: '10.5.0.2' }],
      ports: [port],
      publishAll: true,
      dns: ['10.0.0.53', 'fd00:0::53'],
      dnsSearch: ['example.com.', '.'],
      dnsOptions: ['ndots:2', 'rotate'],
      extraHosts: ['up:host-gateway'],
      exposedPorts: ['53/UDP', '80'],
    };
    const { config, problems } = configured(spec);
    assert.deepEqual(problems, []);
    assert.deepEqual(config.endpoints, spec.endpoints);
    assert.deepEqual(config.ports, [port]);
    assert.equal(config.publishAll, true);
    assert.deepEqual(config.dns, ['10.0.0.53', 'fd00::53']);
    assert.deepEqual(config.dnsSearch, ['example.com', '.']);
    assert.deepEqual(config.dnsOptions, ['ndots:2', 'rotate']);
    assert.deepEqual(config.extraHosts, ['up:host-gateway']);
    assert.deepEqual(config.exposedPorts, ['53/udp', '80/tcp']);
  });

  it('is refused field by field', () => {
    assert.deepEqual(
      problemsOf({
        endpoints: [{ network: 'x', aliases: ['a b'], ipv4Address: '10.5', macAddress: 'x' }],
        ports: [
          { ...port, containerPort: 0 },
          { ...port, hostPort: 70_000 },
          { ...port, hostPortEnd: 80 },
        ],
        dns: ['dns.example'],
        dnsSearch: ['a b'],
        dnsOptions: ['a\nb'],
        extraHosts: ['up:somewhere'],
        exposedPorts: ['http'],
      }).sort(),
      [
        'dnsOptions[0]',
        'dnsSearch[0]',
        'dns[0]',
        'endpoints[0]',
        'endpoints[0]',
        'endpoints[0].aliases[0]',
        'exposedPorts[0]',
        'extraHosts[0]',
        'ports[0]',
        'ports[1]',
        'ports[2]',
      ],
    );
  });

  it('goes with a network of its own only', () => {
    for (const network of ['none', 'host', 'container:x'] as const) {
      assert.deepEqual(problemsOf({ network, ports: [port], publishAll: true }), ['ports'], network);
      assert.deepEqual(problemsOf({ network, endpoints: [{ network: 'x', aliases: [] }] }), ['endpoints'], network);
    }
    const names = { dns: ['10.0.0.53'], dnsSearch: ['a'], dnsOptions: ['rotate'], extraHosts: ['a:10.0.0.1'] };
    assert.deepEqual(problemsOf({ network: 'container:x', ...names }), [
      'dns',
      'dnsSearch',
      'dnsOptions',
      'extraHosts',
    ]);
    assert.deepEqual(problemsOf({ network: 'none', ...names }), []);
    assert.deepEqual(problemsOf({ network: 'elsewhere' as 'none' }), ['network']);
  });

  it('has settings of its own network namespace', () => {
    const sysctls = { 'net.ipv4.ip_unprivileged_port_start': '0' };
    assert.deepEqual(problemsOf({ sysctls }), []);
    for (const network of ['host', 'container:x'] as const)
      assert.deepEqual(problemsOf({ network, sysctls }), ['sysctls.net.ipv4.ip_unprivileged_port_start']);
  });
});

describe('ports in words', () => {
  const ports = (count: number, hostIp = ''): PublishedPort[] =>
    Array.from({ length: count }, (_, index) => ({
      containerPort: 80 + index,
      protocol: 'tcp',
      hostIp,
      hostPort: 8000 + index,
    }));

  it('are Docker’s', () => {
    assert.equal(portWords(ports(1), ['80/tcp', '443/tcp']), '0.0.0.0:8000->80/tcp, [::]:8000->80/tcp, 443/tcp');
    assert.equal(portWords(ports(3, '127.0.0.1'), []), '127.0.0.1:8000-8002->80-82/tcp');
    assert.equal(portWords([], ['53/udp']), '53/udp');
    assert.equal(portWords([], []), '');
    assert.deepEqual(publishedWords(ports(1, 'fd00::1')[0]!), ['[fd00::1]:8000']);
  });

  it('are one range only where both sides follow', () => {
    const [first, second] = ports(2, '127.0.0.1');
    assert.equal(
      portWords([second!, { ...first!, hostPort: 9000 }], []),
      '127.0.0.1:9000->80/tcp, 127.0.0.1:8001->81/tcp',
    );
  });
});
