// One sentence with the value and what would be right, a code that is not zero, no stack trace, nothing half-made.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { House } from '../../support/house.js';

describe('bad input', () => {
  let house: House;
  before(async () => {
    house = new House();
    await house.ok('create', '--name', 'there', 'base', 'true');
  });
  after(() => house.close());

  const cases: readonly { words: string[]; says: RegExp[]; code?: number }[] = [
    { words: ['run', '--memory', 'lots', 'base', 'true'], says: [/lots/, /memory/i], code: 125 },
    { words: ['run', '--memory', '1', 'base', 'true'], says: [/memory/i], code: 125 },
    { words: ['run', '--cpus', 'half', 'base', 'true'], says: [/half/], code: 125 },
    { words: ['run', '--cpus', '-1', 'base', 'true'], says: [/-1/], code: 125 },
    { words: ['run', '--pids-limit', 'x', 'base', 'true'], says: [/x/], code: 125 },
    { words: ['run', '--restart', 'sometimes', 'base', 'true'], says: [/sometimes/, /on-failure/], code: 125 },
    { words: ['run', '-v', 'relative/path:/x', 'base', 'true'], says: [/relative\/path/, /no slash/], code: 125 },
    { words: ['run', '-v', 'name:relative', 'base', 'true'], says: [/relative/, /begins with \//], code: 125 },
    { words: ['run', '-v', 'name:/', 'base', 'true'], says: [/root of the container/], code: 125 },
    { words: ['run', '-v', 'made-for-nothing:/proc/x', 'base', 'true'], says: [/\/proc\/x/], code: 125 },
    {
      words: ['run', '-v', 'made-for-nothing:/etc/passwd', 'base', 'true'],
      says: [/\/etc\/passwd/, /file/],
      code: 125,
    },
    { words: ['run', '-v', 'name:/x:rslave', 'base', 'true'], says: [/rslave/], code: 125 },
    { words: ['run', '--mount', 'dst=/x,volume-subpath=../..', 'base', 'true'], says: [/one that is made/], code: 125 },
    {
      words: ['run', '--mount', 'src=n1,dst=/x,volume-opt=type=nfs', 'base', 'true'],
      says: [/"type"/, /-v/],
      code: 125,
    },
    {
      words: ['run', '--mount', 'src=no-part,dst=/x,volume-subpath=a', 'base', 'true'],
      says: [/"a"/, /no-part/],
      code: 125,
    },
    { words: ['run', '--volumes-from', 'nobody', 'base', 'true'], says: [/nobody/], code: 125 },
    { words: ['run', '--volumes-from', 'there:slave', 'base', 'true'], says: [/there:slave/], code: 125 },
    { words: ['run', '--volume-driver', 'nfs', 'base', 'true'], says: [/nfs/, /local/], code: 125 },
    {
      words: ['run', '--mount', 'type=bind,source=/no/such/source,target=/x', 'base', 'true'],
      says: [/\/no\/such\/source/],
      code: 125,
    },
    { words: ['volume', 'create', '../evil'], says: [/evil/, /no slash/] },
    { words: ['volume', 'create', 'x'], says: [/"x"/, /two at least/] },
    { words: ['volume', 'create', '--opt', 'colour=red', 'vol'], says: [/colour/, /size/] },
    { words: ['volume', 'create', '--opt', 'size=lots', 'vol'], says: [/lots/] },
    { words: ['volume', 'create', '--driver', 'nfs', 'vol'], says: [/nfs/, /local/] },
    { words: ['volume', 'rm', 'no-such-volume'], says: [/no-such-volume/] },
    { words: ['volume', 'rm', '../containers'], says: [/containers/] },
    { words: ['volume', 'inspect', 'no-such-volume'], says: [/no-such-volume/] },
    { words: ['volume', 'ls', '--filter', 'colour=red'], says: [/colour=red/, /dangling/] },
    { words: ['volume', 'ls', '--filter', 'dangling=maybe'], says: [/maybe/] },
    { words: ['volume', 'prune'], says: [/--force/] },
    { words: ['volume', 'prune', '-f', '--filter', 'until=1h'], says: [/until=1h/] },
    { words: ['run', '-u', '4294967296', 'base', 'true'], says: [/4294967296/], code: 125 },
    { words: ['run', '-u', 'nobody-like-this', 'base', 'true'], says: [/nobody-like-this/], code: 125 },
    { words: ['run', '-w', 'relative', 'base', 'true'], says: [/relative/], code: 125 },
    { words: ['run', '--name', '../evil', 'base', 'true'], says: [/evil/], code: 125 },
    { words: ['run', '--name', 'there', 'base', 'true'], says: [/there/, /name/], code: 125 },
    { words: ['run', 'no-such-image', 'true'], says: [/no-such-image/], code: 125 },
    { words: ['run', '--network', 'nowhere', 'base', 'true'], says: [/no network "nowhere"/, /network ls/], code: 125 },
    { words: ['run', '--network', 'container:nobody', 'base', 'true'], says: [/nobody/, /ps -a/], code: 125 },
    { words: ['run', '--network', 'none', '-p', '80:80', 'base', 'true'], says: [/no network/], code: 125 },
    { words: ['run', '--ip', '10.0.0.1.2', 'base', 'true'], says: [/10\.0\.0\.1\.2/, /IPv4/], code: 125 },
    { words: ['run', '--ip', '8.8.8.8', 'base', 'true'], says: [/8\.8\.8\.8/, /network bridge has/], code: 125 },
    { words: ['run', '-p', '99999:80', 'base', 'true'], says: [/99999:80/, /65535/], code: 125 },
    { words: ['run', '--mac-address', '01:00:00:00:00:00', 'base', 'true'], says: [/MAC address/], code: 125 },
    { words: ['network', 'create', 'a/b'], says: [/a\/b/, /letters/], code: 1 },
    { words: ['network', 'create', 'host'], says: [/"host"/, /choose another/], code: 1 },
    { words: ['network', 'create', '--subnet', '127.0.0.0/8', 'x'], says: [/127\.0\.0\.0/, /10\.5\.0\.0/], code: 1 },
    {
      words: ['network', 'create', '--subnet', '10.5.0.1/24', 'x'],
      says: [/10\.5\.0\.1\/24/, /10\.5\.0\.0\/24/],
      code: 1,
    },
    { words: ['network', 'rm', 'nowhere'], says: [/nowhere/], code: 1 },
    { words: ['network', 'connect', 'nowhere', 'there'], says: [/nowhere/], code: 1 },
    { words: ['network', 'disconnect', 'bridge', 'nobody'], says: [/nobody/], code: 1 },
    { words: ['port', 'there', '80'], says: [/80\/tcp/, /there/], code: 1 },
    { words: ['run', '--cap-add', 'FLY', 'base', 'true'], says: [/FLY/], code: 125 },
    { words: ['run', '--ulimit', 'nofile', 'base', 'true'], says: [/nofile/], code: 125 },
    { words: ['run', '--device', '/dev/none-such', 'base', 'true'], says: [/none-such/], code: 125 },
    { words: ['run', '--stop-signal', 'SIGNOPE', 'base', 'true'], says: [/SIGNOPE/], code: 125 },
    { words: ['run', '--no-such-flag', 'base', 'true'], says: [/no-such-flag/], code: 125 },
    { words: ['run'], says: [/image/], code: 125 },
    { words: ['run', '--env-file', '/no/such/file', 'base', 'true'], says: [/\/no\/such\/file/], code: 125 },
    { words: ['run', '--cpuset-cpus', '0-999', 'base', 'true'], says: [/999/], code: 125 },
    { words: ['stop', 'nobody'], says: [/nobody/] },
    { words: ['start', 'nobody'], says: [/nobody/] },
    { words: ['pause', 'there'], says: [/there/, /not running/] },
    { words: ['unpause', 'there'], says: [/there/] },
    { words: ['exec', 'there', 'true'], says: [/there/, /running/], code: 125 },
    { words: ['kill', '-s', 'NOPE', 'there'], says: [/NOPE/] },
    { words: ['update', 'there'], says: [/changes nothing/] },
    { words: ['rename', 'there', 'bad name'], says: [/bad name/] },
    { words: ['logs', '--tail', 'many', 'there'], says: [/many/] },
    { words: ['logs', '--since', 'yesterdayish', 'there'], says: [/yesterdayish/] },
    { words: ['ps', '--filter', 'colour=red'], says: [/colour=red/] },
    { words: ['ps', '--format', '{{.Nope}}', '-a'], says: [/Nope/] },
    { words: ['image', 'import', '/no/such.tar', 'x:1'], says: [/\/no\/such\.tar/] },
    { words: ['image', 'rm', 'no-such-image'], says: [/no-such-image/] },
    { words: ['cp', '/etc/hostname', '/tmp/x'], says: [/CONTAINER:PATH/] },
    { words: ['completion', 'tcsh'], says: [/tcsh/] },
    { words: ['frobnicate'], says: [/frobnicate/] },
  ];
  for (const { words, says, code } of cases) {
    it(`tscontain ${words.join(' ')}`, async () => {
      const result = await house.run(...words);
      assert.notEqual(result.code, 0);
      if (code !== undefined) assert.equal(result.code, code, result.stderr);
      for (const pattern of says) assert.match(result.stderr, pattern);
      assert.doesNotMatch(result.stderr, /\n\s+at /, 'no stack trace');
      assert.doesNotMatch(result.stderr, /unexpected/);
      assert.deepEqual(
        (await house.ok('ps', '-a', '--format', '{{.Names}}')).split('\n'),
        ['there'],
        'nothing half-made',
      );
      assert.equal(readdirSync(`${house.root}/containers`).length, 1);
      assert.equal(await house.ok('volume', 'ls', '-q'), '', 'no volume that was made for it');
    });
  }

  it('an imported tarball that is none leaves no image', async () => {
    writeFileSync(`${house.root}/garbage.tar`, Buffer.alloc(4096, 'x'));
    const result = await house.run('image', 'import', `${house.root}/garbage.tar`, 'garbage:1');
    assert.notEqual(result.code, 0);
    assert.match(result.stderr, /garbage\.tar/);
    assert.equal(await house.ok('image', 'ls', '--format', '{{.Name}}'), 'base');
  });

  it('a corrupt state file is kept aside and told, and the others still work', async () => {
    await house.ok('create', '--name', 'broken', 'base', 'true');
    const { Id } = await house.inspect('broken');
    writeFileSync(`${house.root}/containers/${Id}/state.json`, '{"half');
    const result = await house.run('ps', '-a', '--format', '{{.Names}} {{.State}}');
    assert.equal(result.code, 0);
    assert.deepEqual(result.stdout.trim().split('\n').sort(), ['broken exited', 'there created']);
    assert.match(result.stderr, new RegExp(`${Id.slice(0, 12)}.*corrupt`, 's'));
    const [kept] = readdirSync(`${house.root}/corrupt`);
    assert.equal(readFileSync(`${house.root}/corrupt/${kept ?? ''}`, 'utf8'), '{"half');
    await house.ok('rm', 'broken');
  });

  it('a corrupt configuration puts that container aside as a whole', async () => {
    await house.ok('create', '--name', 'unknowable', 'base', 'true');
    const { Id } = await house.inspect('unknowable');
    writeFileSync(`${house.root}/containers/${Id}/config.json`, 'not json');
    const result = await house.run('ps', '-a', '--format', '{{.Names}}');
    assert.equal(result.code, 0);
    assert.equal(result.stdout.trim(), 'there');
    assert.match(result.stderr, new RegExp(Id.slice(0, 12)));
    await house.ok('create', '--name', 'unknowable', 'base', 'true');
    await house.ok('rm', 'unknowable');
  });

  it('a state directory that cannot be one is told', async () => {
    writeFileSync(`${house.root}/file`, '');
    const result = await house.run('--root', `${house.root}/file`, 'ps');
    assert.notEqual(result.code, 0);
    assert.match(result.stderr, /file/);
    mkdirSync(`${house.root}/other`);
    chmodSync(`${house.root}/other`, 0o700);
    assert.equal((await house.run('--root', `${house.root}/other`, 'ps')).code, 0);
  });
});
