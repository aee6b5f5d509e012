// tscontain as a person types it: the real program, real containers.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { House } from '../../support/house.js';
import { eventually } from '../../support/patience.js';

describe('tscontain run', () => {
  let house: House;
  before(() => {
    house = new House();
  });
  after(() => house.close());

  it('gives a container its own pid 1, host name and user', async () => {
    const output = await house.ok(
      'run',
      '--rm',
      '-m',
      '64m',
      '--cpus',
      '0.5',
      'base',
      'sh',
      '-c',
      'echo $$; hostname; id -u; ps -e | wc -l',
    );
    const [pid, hostname, uid, processes] = output.split('\n');
    assert.equal(pid, '1');
    assert.match(hostname ?? '', /^[0-9a-f]{12}$/);
    assert.equal(uid, '0');
    assert.ok(Number(processes) <= 5, `sees only its own processes: ${processes ?? ''}`);
  });

  it('keeps standard output and standard error apart', async () => {
    const { stdout, stderr, code } = await house.run('run', '--rm', 'base', 'sh', '-c', 'echo out; echo err >&2');
    assert.deepEqual({ stdout, stderr, code }, { stdout: 'out\n', stderr: 'err\n', code: 0 });
  });

  it('feeds standard input with -i and sees its end', async () => {
    const { stdout, code } = await house.runWith('one\ntwo\n', 'run', '--rm', '-i', 'base', 'wc', '-l');
    assert.deepEqual({ stdout: stdout.trim(), code }, { stdout: '2', code: 0 });
  });

  it("hands on the command's exit code, 128+n when a signal ended it", async () => {
    assert.equal((await house.run('run', '--rm', 'base', 'sh', '-c', 'exit 7')).code, 7);
    await house.ok('run', '-d', '--name', 'killed', 'base', 'sleep', '100');
    await house.ok('kill', 'killed');
    assert.equal(await house.ok('wait', 'killed'), '137');
  });

  it('gives 127 and the name for a command that does not exist, 126 for one that cannot be run', async () => {
    const missing = await house.run('run', '--rm', 'base', 'no-such-command');
    assert.equal(missing.code, 127);
    assert.match(missing.stderr, /no-such-command/);
    const directory = await house.run('run', '--rm', 'base', '/etc');
    assert.equal(directory.code, 126);
    assert.match(directory.stderr, /\/etc/);
    assert.equal(await house.ok('ps', '-aq', '--filter', 'status=created'), '', 'nothing half-made is left');
  });

  it('forwards SIGTERM to a foreground container', async () => {
    const child = house.start(
      'run',
      '--rm',
      '--name',
      'trapper',
      'base',
      'sh',
      '-c',
      'trap "echo got it; exit 5" TERM; echo ready; while :; do sleep 0.05; done',
    );
    let stdout = '';
    child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    await eventually(() => assert.match(stdout, /ready/));
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    assert.equal(await ended, 5);
    assert.match(stdout, /got it/);
  });

  it('removes the container with --rm and keeps it without', async () => {
    await house.ok('run', '--rm', '--name', 'gone', 'base', 'true');
    assert.notEqual((await house.run('inspect', 'gone')).code, 0);
    await house.ok('run', '--name', 'kept', 'base', 'true');
    assert.equal((await house.inspect('kept')).State.Status, 'exited');
  });

  it('leaves it running with -d and prints its id', async () => {
    const id = await house.ok('run', '-d', '--name', 'detached', 'base', 'sleep', '100');
    assert.match(id, /^[0-9a-f]{64}$/);
    const { State } = await house.inspect('detached');
    assert.deepEqual([State.Status, State.Running], ['running', true]);
    assert.match(readFileSync(`/proc/${State.Pid}/cmdline`, 'utf8'), /sleep/);
  });

  it('takes environment, working directory, user, host name, mounts and limits', async () => {
    const script =
      'echo "$A $B"; pwd; id -u; id -g; hostname; cat /data/x; echo y > /data/y 2>/dev/null || echo read-only; df /tmp/t | tail -1';
    const folder = mkdtempSync(`${house.root}/host-`);
    chmodSync(folder, 0o755);
    writeFileSync(`${folder}/x`, 'from the host\n');
    const output = await house.ok(
      ...['run', '--rm', '-e', 'A=1', '-e', 'B=two words', '-w', '/tmp', '-u', '1000:1001', '-h', 'box'],
      ...['-v', `${folder}:/data:ro`, '--tmpfs', '/tmp/t:size=1m', 'base', 'sh', '-c', script],
    );
    const lines = output.split('\n');
    assert.deepEqual(lines.slice(0, 7), ['1 two words', '/tmp', '1000', '1001', 'box', 'from the host', 'read-only']);
    assert.match(lines[7] ?? '', /1024/);
  });

  it('prints the steps of a launch with --explain and starts nothing', async () => {
    const output = await house.ok('run', '--explain', '--name', 'only-words', 'base', 'true');
    for (const step of ['pivot_root', 'sethostname', 'capset', 'execve']) assert.match(output, new RegExp(step));
    assert.notEqual((await house.run('inspect', 'only-words')).code, 0);
  });
});
