// Every verb of the command line once, on real containers.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { House, outcome } from '../../support/house.js';
import { eventually } from '../../support/patience.js';

describe('tscontain', () => {
  let house: House;
  before(() => {
    house = new House();
  });
  after(() => house.close());

  it('create, start, stop, start again, restart, rm', async () => {
    await house.ok('create', '--name', 'life', 'base', 'sleep', '1000');
    assert.equal((await house.inspect('life')).State.Status, 'created');
    await house.ok('start', 'life');
    const first = (await house.inspect('life')).State.Pid;
    await house.ok('stop', '-t', '0', 'life');
    const { State } = await house.inspect('life');
    assert.deepEqual([State.Status, State.ExitCode, State.Pid], ['exited', 137, 0]);
    await house.ok('start', 'life');
    await house.ok('restart', '-t', '0', 'life');
    assert.notEqual((await house.inspect('life')).State.Pid, first);
    const refused = await house.run('rm', 'life');
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /life.*running/s);
    await house.ok('rm', '-f', 'life');
    assert.notEqual((await house.run('inspect', 'life')).code, 0);
    // What docker does (cli/command/container/rm.go): told, not among those that were removed, and by force no failure.
    const twice = await house.run('rm', '-f', 'life');
    assert.deepEqual([twice.code, twice.stdout], [0, '']);
    assert.match(twice.stderr, /life/);
    assert.equal((await house.run('rm', 'life')).code, 1);
  });

  it('stop lets a process that listens end by itself', async () => {
    await house.ok(
      'run',
      '-d',
      '--name',
      'polite',
      'base',
      'sh',
      '-c',
      'trap "exit 3" TERM; while :; do sleep 0.05; done',
    );
    await house.ok('stop', '-t', '20', 'polite');
    assert.equal((await house.inspect('polite')).State.ExitCode, 3);
  });

  it('pause holds a container, unpause frees it, and a paused one can be removed', async () => {
    await house.ok('run', '-d', '--name', 'held', 'base', 'sh', '-c', 'while :; do echo x; sleep 0.02; done');
    await house.ok('pause', 'held');
    assert.equal((await house.inspect('held')).State.Status, 'paused');
    const lines = async () => (await house.ok('logs', 'held')).split('\n').length;
    const before_ = await lines();
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(await lines(), before_, 'it writes nothing while it is held');
    await house.ok('unpause', 'held');
    await eventually(async () => assert.ok((await lines()) > before_));
    await house.ok('pause', 'held');
    await house.ok('rm', '-f', 'held');
  });

  it('logs: all, the tail, since, timestamps, both streams, and following', async () => {
    await house.ok(
      'run',
      '-d',
      '--name',
      'writer',
      'base',
      'sh',
      '-c',
      'for i in 1 2 3 4 5; do echo line $i; done; echo oops >&2; sleep 0.3; echo late',
    );
    await house.ok('wait', 'writer');
    const { stdout, stderr } = await house.run('logs', 'writer');
    assert.equal(stdout, 'line 1\nline 2\nline 3\nline 4\nline 5\nlate\n');
    assert.equal(stderr, 'oops\n');
    assert.equal(await house.ok('logs', '--tail', '1', 'writer'), 'late');
    assert.match(
      await house.ok('logs', '-t', '--tail', '1', 'writer'),
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\S* late$/,
    );
    assert.equal(await house.ok('logs', '--since', '1h', '--tail', '1', 'writer'), 'late');
    await house.ok(
      'run',
      '-d',
      '--name',
      'ticker',
      'base',
      'sh',
      '-c',
      'for i in 1 2 3; do echo tick $i; sleep 0.1; done',
    );
    assert.equal(
      await house.ok('logs', '-f', 'ticker'),
      'tick 1\ntick 2\ntick 3',
      'following ends when the container does',
    );
  });

  it('exec: output, exit codes, user, directory, input, and 126, 127', async () => {
    await house.ok('run', '-d', '--name', 'host', 'base', 'sleep', '1000');
    assert.equal(
      await house.ok('exec', '-w', '/tmp', '-u', '5', '-e', 'X=1', 'host', 'sh', '-c', 'echo $(pwd) $(id -u) $X'),
      '/tmp 5 1',
    );
    assert.equal((await house.run('exec', 'host', 'sh', '-c', 'exit 9')).code, 9);
    assert.equal((await house.runWith('abc', 'exec', '-i', 'host', 'cat')).stdout, 'abc');
    assert.equal((await house.run('exec', 'host', 'nope')).code, 127);
    assert.equal((await house.run('exec', 'host', '/etc')).code, 126);
    await house.ok('exec', '-d', 'host', 'sh', '-c', 'echo done > /tmp/flag');
    await eventually(async () => assert.equal(await house.ok('exec', 'host', 'cat', '/tmp/flag'), 'done'));
    assert.notEqual((await house.run('exec', 'nobody', 'true')).code, 0);
  });

  it('top shows the processes as the host sees them', async () => {
    const rows = (await house.ok('top', 'host', '--format', 'json'))
      .split('\n')
      .map((line) => JSON.parse(line) as { PID: number; IN: number; CMD: string });
    assert.deepEqual(
      rows.map(({ IN, CMD }) => [IN, CMD]),
      [[1, 'sleep 1000']],
    );
    assert.equal(rows[0]?.PID, (await house.inspect('host')).State.Pid);
  });

  it('update changes limits while it runs, and what is in force is what was asked', async () => {
    await house.ok('update', '--memory', '96m', '--memory-swap', '96m', '--cpus', '0.2', '--pids-limit', '50', 'host');
    const { HostConfig } = await house.inspect('host');
    assert.equal(HostConfig['Memory'], 96 * 1024 * 1024);
    assert.equal(HostConfig['NanoCpus'], 200_000_000);
    assert.equal(HostConfig['PidsLimit'], 50);
    const stats = JSON.parse(await house.ok('stats', '--no-stream', '--format', 'json', 'host')) as Record<
      string,
      string
    >;
    assert.match(stats['CPU'] ?? '', /\/ 0\.20$/);
    assert.match(stats['MemUsage'] ?? '', /\/ 96\.0MiB$/);
  });

  it('rename gives it another name, and the old one is free', async () => {
    await house.ok('create', '--name', 'before', 'base', 'true');
    await house.ok('rename', 'before', 'afterwards');
    assert.equal((await house.inspect('afterwards')).Name, '/afterwards');
    await house.ok('create', '--name', 'before', 'base', 'true');
    assert.notEqual((await house.run('rename', 'before', 'afterwards')).code, 0);
  });

  it('cp copies both ways, running or not, and tells what cannot be', async () => {
    const folder = `${house.root}/cp`;
    mkdirSync(`${folder}/tree/deep`, { recursive: true });
    writeFileSync(`${folder}/tree/deep/file`, 'content\n');
    await house.ok('cp', `${folder}/tree`, 'host:/tmp/');
    assert.equal(await house.ok('exec', 'host', 'cat', '/tmp/tree/deep/file'), 'content');
    await house.ok('cp', `${folder}/tree/deep/file`, 'host:/tmp/other-name');
    assert.equal(await house.ok('exec', 'host', 'cat', '/tmp/other-name'), 'content');
    await house.ok('cp', 'host:/tmp/tree', `${folder}/back`);
    assert.equal(readFileSync(`${folder}/back/deep/file`, 'utf8'), 'content\n');
    await house.ok('cp', `${folder}/tree/.`, 'before:/srv');
    await house.ok('cp', 'before:/srv/deep/file', `${folder}/single`);
    assert.equal(readFileSync(`${folder}/single`, 'utf8'), 'content\n');
    assert.match((await house.run('cp', 'host:/no/such', folder)).stderr, /\/no\/such/);
  });

  it('diff lists what was added, changed and deleted', async () => {
    await house.ok('exec', 'host', 'sh', '-c', 'echo x > /etc/new; echo y >> /etc/passwd; rm /etc/group');
    const changes = (await house.ok('diff', 'host')).split('\n');
    for (const change of ['A /etc/new', 'C /etc/passwd', 'D /etc/group']) assert.ok(changes.includes(change), change);
  });

  it('ps lists with filters, templates and JSON', async () => {
    assert.deepEqual(
      (await house.ok('ps', '-a', '--filter', 'name=host', '--format', '{{.Names}} {{.State}}')).split('\n'),
      ['host running'],
    );
    const row = JSON.parse(await house.ok('ps', '--filter', 'name=host', '--format', 'json')) as Record<string, string>;
    assert.equal(row['Image'], 'base');
    assert.match(row['Status'] ?? '', /^Up /);
  });

  it('events tell what happened', async () => {
    const begun = new Date(Date.now() - 1000).toISOString();
    await house.ok('run', '--rm', '--name', 'eventful', 'base', 'true');
    const actions = (
      await house.ok('events', '--since', begun, '--until', new Date().toISOString(), '--format', 'json')
    )
      .split('\n')
      .map((line) => JSON.parse(line) as { action: string; attributes: Record<string, string> })
      .filter(({ attributes }) => attributes['name'] === 'eventful')
      .map(({ action }) => action);
    for (const action of ['create', 'start', 'die', 'destroy'])
      assert.ok(actions.includes(action), `${action} in ${actions.join(' ')}`);
  });

  it('events keep to filters, and to a template', async () => {
    await house.ok('run', '--rm', '--name', 'filtered', 'base', 'true');
    const told = (...words: string[]) => house.ok('events', '--since', '1h', '--until', '0s', ...words);
    const starts = await told('-f', 'event=start', '-f', 'container=filtered', '--format', '{{.Action}} {{.Name}}');
    assert.equal(starts, 'start filtered');
    const either = await told(
      '-f',
      'event=start',
      '-f',
      'event=die',
      '-f',
      'container=filtered',
      '--format',
      '{{.Action}}',
    );
    assert.equal(either, 'start\ndie');
    assert.equal(await told('-f', 'type=image', '-f', 'container=filtered'), '');
    const wrong = await house.run('events', '-f', 'constructor=x');
    assert.match(wrong.stderr, /"constructor=x" is not known/);
    assert.match((await house.run('ps', '-f', 'constructor=x')).stderr, /"constructor=x" is not known/);
  });

  it('a memory hog is killed and said to be', async () => {
    await house.run(
      'run',
      '--name',
      'hog',
      '-m',
      '32m',
      '--memory-swap',
      '32m',
      'base',
      'sh',
      '-c',
      'tail -c 200m /dev/zero | sort',
    );
    const { State } = await house.inspect('hog');
    assert.equal(State.OOMKilled, true);
    assert.notEqual(State.ExitCode, 0);
  });

  it('restart policies bring it back and count', async () => {
    await house.ok('run', '-d', '--name', 'phoenix', '--restart', 'on-failure:2', 'base', 'sh', '-c', 'exit 4');
    await eventually(async () => {
      const { State, RestartCount } = await house.inspect('phoenix');
      assert.deepEqual([State.Status, RestartCount, State.ExitCode], ['exited', 2, 4]);
    });
  });

  it('attach sees what is written from then on and feeds it', async () => {
    await house.ok('run', '-di', '--name', 'echoer', 'base', 'sh', '-c', 'while read line; do echo "got $line"; done');
    const child = house.start('attach', 'echoer');
    const ended = outcome(child, 'attach');
    child.stdin!.write('hello\n');
    await eventually(async () => assert.match(await house.ok('logs', 'echoer'), /got hello/));
    // Leaving is no end of input for one that was started without anybody attached: it goes on.
    child.kill('SIGKILL');
    assert.match((await ended).stdout, /got hello/);
    assert.equal((await house.inspect('echoer')).State.Status, 'running');
  });

  it('image import makes an image of a directory and of a tarball; ls and rm know it', async () => {
    const { execFileSync } = await import('node:child_process');
    const base = await house.ok('inspect', '-f', '{{.Id}}', 'base');
    assert.match(base, /^sha256:[0-9a-f]{64}$/);
    const tree = `${house.root}/rootfs`;
    mkdirSync(`${tree}/bin`, { recursive: true });
    await house.ok('cp', 'host:/etc/passwd', `${tree}/passwd`);
    execFileSync('tar', ['-C', tree, '-czf', `${house.root}/rootfs.tgz`, '.']);
    await house.ok('image', 'import', tree, 'plain:1');
    await house.ok('image', 'import', `${house.root}/rootfs.tgz`, 'packed:1');
    const names = (await house.ok('image', 'ls', '--format', '{{.Name}}')).split('\n').sort();
    assert.deepEqual(names, ['base', 'packed:1', 'plain:1']);
    await house.ok('create', '--name', 'user-of-it', 'packed:1', '/bin/x');
    assert.match((await house.run('image', 'rm', 'packed:1')).stderr, /user-of-it/);
    await house.ok('image', 'rm', 'plain:1');
  });

  it('rm --keep keeps for a while what restore brings back, ps --removed lists it, prune --removed ends it', async () => {
    await house.ok('create', '--name', 'kept', 'base');
    await house.ok('rm', '--keep', 'kept');
    assert.match(await house.ok('ps', '--removed'), /KEPT FOR +SIZE +NAMES\n[0-9a-f]{12} +base +\S.* kept$/);
    assert.equal(await house.ok('restore', 'kept'), 'kept');
    assert.match((await house.run('restore', 'kept')).stderr, /no removed container "kept".*ps --removed/);
    const id = (await house.inspect('kept')).Id;
    await house.ok('rm', '--keep', 'kept');
    await house.ok('create', '--name', 'kept', 'base');
    assert.match((await house.run('restore', 'kept')).stderr, /called kept by now.*--name kept-2/);
    assert.equal(await house.ok('ps', '--removed', '-q', '--no-trunc'), id);
    assert.match((await house.run('restore', '--name', 'x', 'a', 'b')).stderr, /one at a time/);
    assert.match(await house.ok('prune', '-f', '--removed'), new RegExp(`${id}\\n`));
    assert.equal(await house.ok('ps', '--removed', '-q'), '');
  });

  it('prune removes what does not run and says how much', async () => {
    const output = await house.ok('prune', '-f');
    assert.match(output, /removed/);
    assert.deepEqual(
      (await house.ok('ps', '-a', '--format', '{{.State}}')).split('\n').filter((state) => state !== 'running'),
      [],
    );
  });

  it('inspect --launch shows the steps with their times', async () => {
    const output = await house.ok('inspect', '--launch', 'host');
    assert.match(output, /pivot_root/);
    assert.match(output, /\d+ steps in \d+\.\d+ ms/);
  });

  it('doctor, info and version answer', async () => {
    assert.match(await house.ok('doctor'), /cgroup/);
    const info = JSON.parse(await house.ok('info', '--format', 'json')) as Record<string, unknown>;
    assert.equal(info['Root'], house.root);
    assert.match(await house.ok('version'), /Version:/);
  });
});
