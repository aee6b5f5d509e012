// What people write, in Docker's grammar: the values it stands for, and the sentence for what it cannot be.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseEnv, parseEnvFile, parseLabel } from '../../../src/engine/grammar/environment.js';
import { parseMount } from '../../../src/engine/grammar/mount-fields.js';
import { parseDevice, parseTmpfs } from '../../../src/engine/grammar/mounts.js';
import {
  CONTAINER_NAME,
  generateName,
  parseContainerName,
  parseHostname,
  parseProject,
} from '../../../src/engine/grammar/names.js';
import {
  parseCapability,
  parseCpuList,
  parseExtraHost,
  parseRestartPolicy,
  parseSignal,
  parseUlimit,
  parseUser,
  sysctlFault,
} from '../../../src/engine/grammar/process.js';
import {
  parseBytes,
  parseCpus,
  parseDeviceRate,
  parseDuration,
  parseInteger,
  parseSeconds,
  parseTime,
} from '../../../src/engine/grammar/quantities.js';
import { parseVolume, parseVolumesFrom } from '../../../src/engine/grammar/volume-words.js';
import { refusal } from '../../support/refusal.js';

/** Every value of the table is read as said; every wrong one is refused with a sentence that has the value in it. */
function table<T>(
  parse: (text: string) => T,
  right: readonly (readonly [string, T])[],
  wrong: readonly string[],
): void {
  for (const [text, value] of right) assert.deepEqual(parse(text), value, text);
  for (const text of wrong)
    assert.throws(
      () => parse(text),
      (error) => says(error, text),
      text,
    );
}

/** The sentence quotes the value, or the part of it that is wrong. */
function says(error: unknown, text: string): true {
  refusal('INVALID_VALUE')(error);
  const { message } = error as Error;
  const quoted = /"(?:[^"\\]|\\.)*"/.exec(message)?.[0] ?? '';
  assert.ok(text.includes((JSON.parse(quoted) as string).replace('…', '')), message);
  return true;
}

const MiB = 1024 * 1024;

describe('quantities', () => {
  it('reads sizes', () => {
    table(
      (text) => parseBytes(text, '--memory'),
      [
        ['64m', 64 * MiB],
        ['64M', 64 * MiB],
        ['64MB', 64 * MiB],
        ['64MiB', 64 * MiB],
        ['64 mb', 64 * MiB],
        ['1.5g', 1536 * MiB],
        ['512', 512],
        ['512b', 512],
        ['0', 0],
        ['2t', 2 * 1024 ** 4],
      ],
      ['', '64x', 'm', '-1', '-64m', '1,5g', '1..5g', '64mm', '0x40', '1e9', '99999999p', ' 64m'],
    );
    assert.equal(parseBytes('-1', '--memory-swap', { unlimited: true }), -1);
    assert.throws(
      () => parseBytes('-2', '--memory-swap', { unlimited: true }),
      refusal('INVALID_VALUE', /--memory-swap "-2".*-1/),
    );
  });

  it('reads every whole number of bytes back as itself', () => {
    fc.assert(fc.property(fc.nat(), (bytes) => assert.equal(parseBytes(String(bytes), 'size'), bytes)));
  });

  it('reads CPUs exactly', () => {
    table(
      (text) => parseCpus(text, '--cpus'),
      [
        ['0.5', 5e8],
        ['2', 2e9],
        ['.25', 2.5e8],
        ['0.000000001', 1],
        ['1.500000000000', 1.5e9],
        ['0', 0],
      ],
      ['', '.', '-1', 'two', '1,5', '0.0000000001', '1e3', '999999999999'],
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (nano) => {
        const text = `${Math.floor(nano / 1e9)}.${String(nano % 1e9).padStart(9, '0')}`;
        assert.equal(parseCpus(text), nano);
      }),
    );
  });

  it('reads whole numbers within their range', () => {
    assert.equal(parseInteger('+7', 'n'), 7);
    assert.throws(() => parseInteger('5', '--tail', { min: 6 }), refusal('INVALID_VALUE', /--tail "5".*6 or more/));
    assert.throws(() => parseInteger('5', 'n', { min: 6, max: 9 }), refusal('INVALID_VALUE', /from 6 to 9/));
    for (const text of ['', '1.5', '0x1', '1e3', ' 1', '9'.repeat(17)])
      assert.throws(() => parseInteger(text, 'n'), refusal('INVALID_VALUE', /whole number/));
  });

  it('reads durations and seconds', () => {
    table(
      (text) => parseDuration(text, '--interval'),
      [
        ['10s', 10_000],
        ['1m30s', 90_000],
        ['500ms', 500],
        ['1.5h', 5_400_000],
        ['250us', 0.25],
        ['0', 0],
      ],
      ['', '10', 's', '10 s', '-5s', '1d', '10sm'],
    );
    assert.equal(parseSeconds('10', '--time'), 10);
    assert.equal(parseSeconds('1m30s', '--time'), 90);
    assert.throws(() => parseSeconds('soon', '--time'), refusal('INVALID_VALUE', /--time "soon"/));
  });

  it('reads moments', () => {
    const now = Date.parse('2026-03-04T05:06:07Z');
    const parse = (text: string) => parseTime(text, '--since', now);
    assert.equal(parse('10m'), now - 600_000);
    assert.equal(parse('1136073600.5'), 1_136_073_600_500);
    assert.equal(parse('2026-01-02T03:04:05Z'), Date.parse('2026-01-02T03:04:05Z'));
    assert.equal(parse('2026-01-02T03:04:05.123456789Z'), Date.parse('2026-01-02T03:04:05.123Z'));
    const clock = new Date(now);
    const [hours, minutes] = [clock.getHours(), clock.getMinutes()];
    const time = (hour: number, minute: number) => `${hour}:${String(minute).padStart(2, '0')}`;
    assert.equal(parse(time(hours, minutes)), now - 7000, 'a time of day is today');
    assert.equal(parse(`${time(hours, minutes)}:05`), now - 2000);
    assert.equal(
      parse(`${time(hours, minutes)}:08`),
      new Date(now + 1000).setDate(clock.getDate() - 1),
      'or yesterday',
    );
    for (const text of ['', 'yesterday', '2026-13-01', '12', '24:00', '2:60', '02:0', '-1:00', '02:00:60'])
      assert.throws(() => parse(text), refusal('INVALID_VALUE', /--since/), text);
  });

  it('reads rates', () => {
    assert.deepEqual(parseDeviceRate('/dev/sda:1mb', '--device-read-bps', 'bytes'), { path: '/dev/sda', rate: MiB });
    assert.deepEqual(parseDeviceRate('/dev/sda:100', '--device-read-iops', 'operations'), {
      path: '/dev/sda',
      rate: 100,
    });
    for (const text of ['', '/dev/sda', 'sda:1mb', '/dev/sda:', '/dev/sda:0', '/dev/sda:fast'])
      assert.throws(
        () => parseDeviceRate(text, '--device-read-bps', 'bytes'),
        refusal('INVALID_VALUE', /--device-read-bps/),
        text,
      );
    assert.throws(
      () => parseDeviceRate('/dev/sda:1mb', '--device-read-iops', 'operations'),
      refusal('INVALID_VALUE', /1mb/),
    );
  });
});

describe('names', () => {
  it('takes Docker’s', () => {
    table(
      parseContainerName,
      [
        ['web', 'web'],
        ['/web', 'web'],
        ['a1', 'a1'],
        ['Web_1.2-x', 'Web_1.2-x'],
      ],
      ['', 'a', '-web', '.web', '_web', 'we b', 'web/1', '../web', 'wéb', 'web\n', 'x'.repeat(129), '\u001b[2J'],
    );
    table(parseProject, [['shop', 'shop']], ['', 'Shop', '@supervisors', 'a/b', '..', 'x'.repeat(64)]);
    table(parseHostname, [['a.b-c', 'a.b-c']], ['', 'a..b', '-a', 'a b', 'x'.repeat(65)]);
  });

  it('makes up names that are valid and not taken', () => {
    const taken = new Set<string>();
    for (let i = 0; i < 20_000; i++) {
      const name = generateName((candidate) => taken.has(candidate));
      assert.match(name, CONTAINER_NAME);
      assert.ok(!taken.has(name));
      taken.add(name);
    }
  });
});

describe('environment and labels', () => {
  it('reads variables, from the host where only the name is given', () => {
    const host = { HOME: '/root', EMPTY: '' };
    assert.equal(parseEnv('A=b=c', host), 'A=b=c');
    assert.equal(parseEnv('A=', host), 'A=');
    assert.equal(parseEnv('HOME', host), 'HOME=/root');
    assert.equal(parseEnv('EMPTY', host), 'EMPTY=');
    assert.equal(parseEnv('ABSENT', host), undefined);
    for (const text of ['', '=x', 'A=\0']) assert.throws(() => parseEnv(text, host), refusal('INVALID_VALUE'));
  });

  it('reads env files line by line', () => {
    const content = '\ufeff# comment\n\nA=1\r\n  B=two words # kept\nHOME\nABSENT\nC="quoted"';
    assert.deepEqual(parseEnvFile(content, { HOME: '/root' }, 'file'), [
      'A=1',
      'B=two words # kept',
      'HOME=/root',
      'C="quoted"',
    ]);
    assert.throws(
      () => parseEnvFile('A=1\nB C=2\n', {}, 'my.env'),
      refusal('INVALID_VALUE', /line 2 of my\.env "B C=2"/),
    );
  });

  it('reads labels', () => {
    assert.deepEqual(parseLabel('a=b=c'), ['a', 'b=c']);
    assert.deepEqual(parseLabel('a'), ['a', '']);
    for (const text of ['', '=x', 'a b=c', 'a\u001b=c'])
      assert.throws(() => parseLabel(text), refusal('INVALID_VALUE'));
  });
});

describe('mounts and devices', () => {
  const bind = { type: 'bind', source: '/a', target: '/b', readOnly: false, propagation: 'rprivate' } as const;

  const volume = { type: 'volume', source: 'data', target: '/b', readOnly: false } as const;

  it('reads volumes', () => {
    const made = { ...bind, createSource: true } as const;
    table(
      parseVolume,
      [
        ['/a:/b', made],
        ['/a/:/b/', made],
        ['/x/../a:/./b', made],
        ['/a:/b:ro', { ...made, readOnly: true }],
        ['/a:/b:rslave,ro', { ...made, readOnly: true, propagation: 'rslave' }],
        ['/a:/b:z,rw', made],
        ['/a:/b:Z,cached', made],
        ['data:/b', volume],
        ['data:/b/../b/:ro', { ...volume, readOnly: true }],
        ['data:/b:nocopy', { ...volume, noCopy: true }],
        ['/b', { ...volume, source: '' }],
      ],
      [
        '',
        ':/b',
        'b',
        '/',
        '/a:b',
        '/a:/',
        '/a:ro',
        '/a:/b:',
        '/a:/b:rx',
        '/a:/b:ro:x',
        '/a:/b:ro,rw',
        '/a:/b:ro,ro',
        '/a:/b:z,Z',
        '/a:/b:rslave,shared',
        '/a:/b:nocopy',
        '/a:/b/../..',
        '/a\0:/b',
        'd:/b',
        'da/ta:/b',
        '../data:/b',
        '.data:/b',
        '-data:/b',
        `${'d'.repeat(256)}:/b`,
        'data:/b:rslave',
        'data\u001b:/b',
      ],
    );
    assert.equal((parseVolume(`${'d'.repeat(255)}:/b`) as { source: string }).source.length, 255);
    assert.throws(() => parseVolume('da/ta:/b'), refusal('INVALID_VALUE', /no slash.*begins with \/ or \.\//));
  });

  it('reads whose volumes are wanted', () => {
    table(
      parseVolumesFrom,
      [
        ['web', { container: 'web', readOnly: false }],
        ['web:ro', { container: 'web', readOnly: true }],
        ['web:rw', { container: 'web', readOnly: false }],
        ['web:z', { container: 'web', readOnly: false }],
      ],
      ['', ':ro', 'web:', 'web:nocopy', 'web:rslave', 'web:ro:rw'],
    );
  });

  it('reads mounts in words', () => {
    table(
      parseMount,
      [
        ['type=bind,source=/a,target=/b', bind],
        ['type=bind,src=/a,dst=/b,readonly', { ...bind, readOnly: true }],
        ['type=bind,src=/a,destination=/b,ro=false,bind-propagation=shared', { ...bind, propagation: 'shared' }],
        ['type=bind,src=/a,dst=/b,bind-create-src', { ...bind, createSource: true }],
        ['type=bind,src=/a,dst=/b,bind-recursive=enabled,consistency=cached', bind],
        ['type=bind,src=/a,dst=/b,bind-nonrecursive', { ...bind, recursive: 'disabled' }],
        ['type=bind,src=/a,dst=/b,ro,bind-recursive=writable', { ...bind, readOnly: true, recursive: 'writable' }],
        ['type=bind,src=/a,dst=/b,ro,bind-recursive=readonly', { ...bind, readOnly: true, recursive: 'readonly' }],
        ['src=data,dst=/b', volume],
        ['type=volume,source=data,target=/b,volume-nocopy=true', { ...volume, noCopy: true }],
        ['TYPE=volume,src=data,dst=/b,readonly', { ...volume, readOnly: true }],
        ['src=data,dst=/b,volume-subpath=./x//y/', { ...volume, subpath: 'x/y' }],
        ['dst=/b', { ...volume, source: '' }],
        [
          'src=data,dst=/b,volume-driver=local,volume-label=a=1,volume-label=b,"volume-opt=size=1g"',
          { ...volume, labels: { a: '1', b: '' }, options: { size: '1g' } },
        ],
        ['src=data,dst=/b,"volume-label=a=1,""2"""', { ...volume, labels: { a: '1,"2"' } }],
        [
          'type=tmpfs,target=/run,tmpfs-size=64m,tmpfs-mode=1770',
          { type: 'tmpfs', target: '/run', readOnly: false, sizeBytes: 64 * MiB, mode: 0o1770 },
        ],
      ],
      [
        '',
        'type=image,source=base,target=/b',
        'type=volume,source=/a,target=/b',
        'type=volume,target=/b,readonly',
        'type=volume,target=/b,volume-subpath=x',
        'source=data,target=/b,volume-subpath=../x',
        'source=data,target=/b,volume-subpath=a/../..',
        'source=data,target=/b,volume-subpath=/x',
        'source=data,target=/b,volume-subpath=',
        'source=data,target=/b,volume-driver=nfs',
        'source=data,target=/b,volume-label==x',
        'source=data,target=/b,bind-propagation=rslave',
        'type=bind,source=/a,target=/b,volume-nocopy',
        'type=bind,source=/a,target=/b,bind-recursive=readonly',
        'type=bind,source=/a,target=/b,ro,bind-propagation=rslave,bind-recursive=readonly',
        'type=bind,source=/a,target=/b,bind-recursive=half',
        'source=data,target=/b,"volume-label=a',
        'source=data,target=/b,"volume-label=a"x',
        'source=data,target=/b,__proto__=x',
        'type=bind,source=./a,target=/b',
        'type=bind,target=/b',
        'type=bind,source=a,target=/b',
        'type=bind,source=/a',
        'type=bind,source=/a,target=/b,colour=red',
        'type=bind,source=/a,target=/b,tmpfs-size=1m',
        'type=tmpfs,source=/a,target=/b',
        'type=tmpfs,target=/b,tmpfs-mode=9',
        'type=bind,source=/a,target=/b,readonly=perhaps',
        'type=bind,source=/a,target=/b,bind-propagation=sideways',
        'type=bind,source,target=/b',
      ],
    );
  });

  it('takes a source with a dot from where it is', () => {
    const here = (path: string) => `/here/${path}`;
    assert.deepEqual(parseMount('type=bind,source=./a,target=/b', here), { ...bind, source: '/here/a' });
    assert.deepEqual(parseMount('type=bind,source=../a,target=/b', here), bind);
    assert.throws(() => parseMount('type=bind,source=a,target=/b', here), refusal('INVALID_VALUE', /begins with/));
  });

  it('reads tmpfs', () => {
    table(
      parseTmpfs,
      [
        ['/run', { type: 'tmpfs', target: '/run', readOnly: false }],
        [
          '/run:ro,noexec,size=1m,mode=755',
          { type: 'tmpfs', target: '/run', readOnly: true, sizeBytes: MiB, mode: 0o755, flags: ['noexec'] },
        ],
      ],
      ['', 'run', '/', '/run:size', '/run:size=big', '/run:uid=0', '/run:mode=8'],
    );
  });

  it('reads devices', () => {
    table(
      parseDevice,
      [
        ['/dev/fuse', { pathOnHost: '/dev/fuse', pathInContainer: '/dev/fuse', permissions: 'rwm' }],
        ['/dev/sda:/dev/xvda', { pathOnHost: '/dev/sda', pathInContainer: '/dev/xvda', permissions: 'rwm' }],
        ['/dev/sda:r', { pathOnHost: '/dev/sda', pathInContainer: '/dev/sda', permissions: 'r' }],
        ['/dev/sda:/dev/xvda:rw', { pathOnHost: '/dev/sda', pathInContainer: '/dev/xvda', permissions: 'rw' }],
      ],
      ['', 'fuse', '/dev/sda:xvda', '/dev/sda:/dev/xvda:rx', '/dev/sda:/dev/xvda:r:w', '/dev/sda:rr'],
    );
  });
});

describe('how the process is run', () => {
  it('reads restart policies', () => {
    table(
      parseRestartPolicy,
      [
        ['', { name: 'no', maximumRetryCount: 0 }],
        ['no', { name: 'no', maximumRetryCount: 0 }],
        ['always', { name: 'always', maximumRetryCount: 0 }],
        ['on-failure', { name: 'on-failure', maximumRetryCount: 0 }],
        ['on-failure:3', { name: 'on-failure', maximumRetryCount: 3 }],
      ],
      ['never', 'always:3', 'on-failure:x', 'on-failure:3:4'],
    );
    assert.throws(() => parseRestartPolicy('on-failure:-1'), refusal('INVALID_VALUE', /"-1".*0 or more/));
  });

  it('reads ulimits', () => {
    table(
      parseUlimit,
      [
        ['nofile=1024', { name: 'nofile', soft: 1024, hard: 1024 }],
        ['nofile=1024:4096', { name: 'nofile', soft: 1024, hard: 4096 }],
        ['core=-1', { name: 'core', soft: -1, hard: -1 }],
        ['core=0:unlimited', { name: 'core', soft: 0, hard: -1 }],
      ],
      ['', 'nofile', 'files=3', 'nofile=', 'nofile=4096:1024', 'nofile=-1:5', 'nofile=1:2:3'],
    );
  });

  it('reads signals by any of their names', () => {
    table(
      (text) => parseSignal(text),
      [
        ['TERM', 'SIGTERM'],
        ['sigterm', 'SIGTERM'],
        ['15', 'SIGTERM'],
        ['9', 'SIGKILL'],
        ['SIGHUP', 'SIGHUP'],
      ],
      ['', '0', '65', '-1', 'SIGWRONG', '1.5', 'TERM '],
    );
  });

  it('refuses users that would overflow into somebody else', () => {
    for (const user of ['', 'root', '0', '1000:1000', 'app:staff', '4294967294']) assert.equal(parseUser(user), user);
    for (const user of [
      '4294967295',
      '4294967296',
      '-1',
      '1000:4294967296',
      '+5',
      ':5',
      '5:',
      'a:b:c',
      'a b',
      '../root',
    ])
      assert.throws(() => parseUser(user), refusal('INVALID_VALUE', /the user/), user);
  });

  it('reads capabilities, sysctls, hosts and CPU lists', () => {
    assert.equal(parseCapability('net_admin'), 'CAP_NET_ADMIN');
    assert.equal(parseCapability('CAP_SYS_ADMIN'), 'CAP_SYS_ADMIN');
    assert.equal(parseCapability('all'), 'ALL');
    assert.throws(() => parseCapability('FLYING'), refusal('INVALID_VALUE', /"FLYING"/));
    assert.equal(sysctlFault('net.core.somaxconn', 'none'), undefined);
    assert.equal(sysctlFault('kernel.shmmax', 'host'), undefined);
    for (const key of ['kernel.core_pattern', 'net..x', 'net/../kernel/core_pattern', 'vm.swappiness', '', 'net'])
      assert.match(sysctlFault(key, 'none') ?? '', /./, key);
    assert.match(sysctlFault('net.core.somaxconn', 'host')!, /host/);
    assert.equal(parseExtraHost('db:10.0.0.5'), 'db:10.0.0.5');
    assert.equal(parseExtraHost('db:[::1]'), 'db:::1');
    for (const text of ['', 'db', 'db:', 'db:here', ':10.0.0.5', 'd b:10.0.0.5', 'db:10.0.0.5\n1.2.3.4 x'])
      assert.throws(() => parseExtraHost(text), refusal('INVALID_VALUE', /host/), text);
    assert.equal(parseCpuList('0-2,5', '--cpuset-cpus'), '0-2,5');
    for (const text of ['a', '2-1', '0,,1', '0-', '-1'])
      assert.throws(() => parseCpuList(text, '--cpuset-cpus'), refusal('INVALID_VALUE', /--cpuset-cpus/), text);
  });
});

describe('any text at all', () => {
  const parsers: Readonly<Record<string, (text: string) => unknown>> = {
    parseContainerName,
    parseDevice,
    parseExtraHost,
    parseHostname,
    parseLabel,
    parseMount,
    parseProject,
    parseRestartPolicy,
    parseTmpfs,
    parseUlimit,
    parseUser,
    parseVolume,
    parseVolumesFrom,
    parseBytes: (text) => parseBytes(text, 'x'),
    parseCpus,
    parseDuration: (text) => parseDuration(text, 'x'),
    parseTime: (text) => parseTime(text, 'x', 0),
    parseSignal,
    parseCapability,
  };

  for (const [name, parse] of Object.entries(parsers)) {
    it(`is a value or a refusal for ${name}, of one line without control characters`, () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
          try {
            parse(text);
          } catch (error) {
            refusal('INVALID_VALUE')(error);

            assert.doesNotMatch((error as Error).message, /[\x00-\x1f]/);
          }
        }),
      );
    });
  }
});
