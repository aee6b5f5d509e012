// Published ports as a user has them: nginx in containers under `tscontain run -p`, curl on the host and in other containers, a machine
// outside; and what is said where a port cannot be had. In a network namespace of this file's own.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tableName } from '../../../src/engine/network/firewall/ruleset.js';
import { keeperPid } from '../../../src/engine/network/keeper/identity.js';
import { deleteLink } from '../../../src/native/index.js';
import { endKeeper, House, outcome, product } from '../../support/house.js';
import { isInstalled } from '../../support/installed.js';
import { networkState } from '../../support/network-state.js';
import { eventually, patience } from '../../support/patience.js';
import { Place } from '../../support/places.js';

const NGINX = '/usr/sbin/nginx';
const missing = existsSync(NGINX) ? ['nft', 'curl', 'setpriv'].find((program) => !isInstalled(program)) : 'nginx';
const skip = missing === undefined ? false : `${missing} is missing: install nginx, curl, nftables and util-linux`;

const HOST = { ipv4: '10.9.0.1', ipv6: 'fd00:9::1' };
const OUTSIDE = { ipv4: '10.9.0.2', ipv6: 'fd00:9::2' };
const SILENCE_S = '0.5';

/** Answers who asks with the address that it sees. */
const NGINX_CONF = `daemon off; pid /tmp/nginx.pid; error_log stderr; worker_processes 1; user root;
events { worker_connections 64; }
http { access_log off; client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u;
scgi_temp_path /tmp/s; server { listen 80; listen [::]:80; location / { return 200 "$remote_addr"; } } }
`;
const ECHO = `require('dgram').createSocket('udp4').on('message', function (text, from) {
this.send('echo of ' + text, from.port, from.address) }).bind(53)`;

/** The programs of the host, for a container to run. */
const HOSTS_PROGRAMS = ['/usr', '/lib', '/lib64'].flatMap((path) => ['-v', `${path}:${path}:ro`]);

function rulesOf({ root }: House): string {
  return spawnSync('nft', ['list', 'table', 'inet', tableName(root)], { encoding: 'utf8' }).stdout;
}

/** What comes back for one that is sent from the host; undefined when nothing does. */
async function datagram(address: string, port: number): Promise<string | undefined> {
  const socket = createSocket('udp4');
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience(500));
  try {
    socket.send('me', port, address);
    const [answer] = (await once(socket, 'message', { signal: late.signal })) as [Buffer];
    return answer.toString();
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

describe('published ports', { skip }, () => {
  const untouched = networkState();
  const scratch = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  const conf = join(scratch, 'nginx.conf');
  let house: House;
  let outside: Place;

  before(() => {
    process.env['TSCONTAIN_KEEPER_IDLE_MS'] = '1000';
    writeFileSync(conf, NGINX_CONF);
    house = new House();
    outside = new Place();
    outside.cable({
      hostInterface: 'out0',
      hostAddresses: [`${HOST.ipv4}/24`, `${HOST.ipv6}/64`],
      addresses: [`${OUTSIDE.ipv4}/24`, `${OUTSIDE.ipv6}/64`],
      gateways: [HOST.ipv4, HOST.ipv6],
    });
  });
  after(async () => {
    await house.close();
    outside.close();
    await deleteLink('out0').catch(() => undefined);
    rmSync(scratch, { recursive: true });
    await eventually(() => assert.deepEqual(networkState(), untouched));
  });

  const nginx = (at: House, name: string, ...words: string[]): Promise<string> =>
    at.ok(
      ...['run', '-d', '--name', name, ...words, ...HOSTS_PROGRAMS, '-v', `${conf}:/etc/nginx.conf:ro`, 'base'],
      ...[NGINX, '-c', '/etc/nginx.conf'],
    );

  /** What is answered on the host; undefined where nobody does. */
  async function curl(address: string): Promise<string | undefined> {
    const child = spawn('curl', ['-s', '-m', SILENCE_S, `http://${address}/`], { stdio: ['ignore', 'pipe', 'pipe'] });
    const { code, stdout } = await outcome(child, `curl ${address}`);
    return code === 0 ? stdout : undefined;
  }

  async function curlInside(address: string, ...words: string[]): Promise<string | undefined> {
    const url = `http://${address}/`;
    const { code, stdout } = await house.run(
      ...['run', '--rm', ...words, ...HOSTS_PROGRAMS, 'base', '/usr/bin/curl', '-s', '-m', SILENCE_S, url],
    );
    return code === 0 ? stdout : undefined;
  }

  const answers = (address: string, whom: string): Promise<void> =>
    eventually(async () => assert.equal(await curl(address), whom, address));

  async function isRefused(wanted: RegExp, ...words: string[]): Promise<void> {
    const { code, stderr } = await house.run('run', '--name', 'refused', ...words, 'base', 'true');
    assert.equal(code, 125);
    assert.match(stderr, wanted);
    assert.equal(stderr.trimEnd().split('\n').length, 1, 'one sentence');
    assert.doesNotMatch(await house.ok('ps', '-a'), /refused/, 'nothing half made is left');
  }

  it('answer at the address that was asked for, and nowhere else', async () => {
    await nginx(house, 'local', '-p', '127.0.0.1:8080:80');
    await answers('127.0.0.1:8080', '172.17.0.1');
    assert.equal(await curl(`${HOST.ipv4}:8080`), undefined);
    assert.equal(await outside.ask(HOST.ipv4, 8080, 300), undefined);
    assert.equal(await house.ok('port', 'local'), '80/tcp -> 127.0.0.1:8080');
  });

  it('answer at every address of the host, and see who comes from outside', async () => {
    await nginx(house, 'all', '-p', '8081:80', '-p', '[::1]:8082:80', '-p', `${HOST.ipv4}:8083:80`);
    for (const address of ['127.0.0.1:8081', '[::1]:8081', '[::1]:8082', `[${HOST.ipv6}]:8081`])
      await answers(address, '172.17.0.1');
    await answers(`${HOST.ipv4}:8081`, HOST.ipv4);
    await answers(`${HOST.ipv4}:8083`, HOST.ipv4);
    assert.equal(await curl('127.0.0.1:8083'), undefined);
    assert.match((await outside.ask(HOST.ipv4, 8081, 2000, 'GET / HTTP/1.0\r\n\r\n')) ?? '', /\r\n10\.9\.0\.2$/);
  });

  it('are told by port, ps and inspect, ranges in one', async () => {
    await house.ok('run', '-d', '--name', 'ranges', '-p', '8090-8093:80-83', '-p', '7:7/sctp', 'base', 'sleep', '1000');
    const listed = await house.ok('ps');
    assert.match(listed, /0\.0\.0\.0:8090-8093->80-83\/tcp, \[::\]:8090-8093->80-83\/tcp/);
    assert.match(listed, /0\.0\.0\.0:7->7\/sctp, \[::\]:7->7\/sctp/);
    assert.match(await house.ok('port', 'ranges', '83'), /^0\.0\.0\.0:8093\n\[::\]:8093$/);
    const [inspected] = JSON.parse(await house.ok('inspect', 'ranges')) as [{ NetworkSettings: { Ports: unknown } }];
    const { Ports: ports } = inspected.NetworkSettings as { Ports: Record<string, unknown> };
    assert.deepEqual(ports['81/tcp'], [
      { HostIp: '0.0.0.0', HostPort: '8091' },
      { HostIp: '::', HostPort: '8091' },
    ]);
    assert.deepEqual(Object.keys(ports).sort(), ['7/sctp', '80/tcp', '81/tcp', '82/tcp', '83/tcp']);
    await house.ok('rm', '-f', 'ranges');
  });

  it('are free ones with -P, of tcp and of udp', async () => {
    const words = ['run', '-d', '--name', 'any', '-P', '--expose', '53/udp', ...HOSTS_PROGRAMS];
    await house.ok(...words, '-v', `${process.execPath}:/node:ro`, 'base', '/node', '-e', ECHO);
    const [, port = ''] = /^53\/udp -> 0\.0\.0\.0:(\d+)$/m.exec(await house.ok('port', 'any')) ?? [];
    for (const address of ['127.0.0.1', HOST.ipv4])
      await eventually(async () => assert.equal(await datagram(address, Number(port)), 'echo of me', address));
    await house.ok('rm', '-f', 'any');
  });

  it('lead containers of every network there, past what keeps them apart, but for internal ones', async () => {
    for (const words of [['back'], ['--internal', 'inner']]) await house.ok('network', 'create', ...words);
    const { stdout } = await house.run('inspect', 'all');
    const [, inside = ''] = /"IPAddress": "(172[^"]+)"/.exec(stdout) ?? [];
    assert.equal(await curlInside(`${HOST.ipv4}:8081`), '172.17.0.1', 'of its own network');
    assert.equal(await curlInside(`${HOST.ipv4}:8081`, '--network', 'back'), '172.17.0.1', 'of another');
    assert.notEqual(await curlInside(`${inside}:80`), undefined);
    assert.equal(await curlInside(`${inside}:80`, '--network', 'back'), undefined);
    for (const address of [`${inside}:80`, `${HOST.ipv4}:8081`, `${OUTSIDE.ipv4}:80`])
      assert.equal(await curlInside(address, '--network', 'inner'), undefined, address);
    await house.ok('network', 'rm', 'back', 'inner');
  });

  it('in use are told with the name of the container or process that has them', async (t) => {
    await isRefused(/port 8081\/tcp of the host is in use by container all:/, '-p', '8081:80');
    const server = createServer().listen(9_999);
    t.after(() => server.close());
    await once(server, 'listening');
    await isRefused(
      new RegExp(`port 9999/tcp of the host is in use by [^ ]+ \\(process ${process.pid}\\):`),
      '-p',
      '9999:80',
    );
    await isRefused(/no tcp port of the host from 8080 to 8081 is free:/, '-p', '8080-8081:80');
  });

  it('that nobody has the right to are refused in one sentence', async () => {
    const another = new House();
    const words = ['--bounding-set', '-net_bind_service', '--inh-caps', '-net_bind_service', process.execPath, '--'];
    const run = [product('tscontain'), 'run', '--rm', '-p', '80:80', 'base', 'true'];
    const child = spawn('setpriv', [...words, ...run], { env: { ...process.env, TSCONTAIN_ROOT: another.root } });
    const { code, stderr } = await outcome(child, 'run without the right');
    assert.equal(code, 125);
    assert.match(stderr, /^tscontain: port 80\/tcp of the host cannot be held without the right to: [^\n]*\n$/);
    await another.close();
  });

  it('may be 16,000 at once; with one of them taken it is none, in one sentence', async () => {
    await nginx(house, 'many', '-p', '10000-25999:10000-25999', '-p', '26000:80');
    await answers(`${HOST.ipv4}:26000`, HOST.ipv4);
    assert.match(await house.ok('ps'), /0\.0\.0\.0:10000-25999->10000-25999\/tcp/);
    await house.ok('rm', '-f', 'many');
    await isRefused(
      /port 8081\/tcp of the host is in use by container all:/,
      '-p',
      '10000-25999:10000-25999',
      '-p',
      '8081:80',
    );
    assert.doesNotMatch(rulesOf(house), /10000/);
    const free = createServer().listen(10_000);
    await once(free, 'listening');
    free.close();
  });

  it('stay over a restart, and when the supervisor is killed', async () => {
    await house.ok('restart', '-t', '0', 'local');
    await answers('127.0.0.1:8080', '172.17.0.1');
    const keeper = keeperPid(house.root);
    for (const pid of house.supervisorPids()) if (pid !== keeper) process.kill(pid, 'SIGKILL');
    await answers(`${HOST.ipv4}:8081`, HOST.ipv4);
    await house.ok('ps');
    await answers('127.0.0.1:8080', '172.17.0.1');
    await isRefused(/in use by container local:/, '-p', '8080:80');
  });

  it('are back when somebody has flushed all rules', async () => {
    const whole = rulesOf(house);
    await outcome(spawn('nft', ['flush', 'ruleset']), 'nft flush ruleset');
    await eventually(() => assert.equal(rulesOf(house), whole));
    await answers(`${HOST.ipv4}:8081`, HOST.ipv4);
  });

  it('go through a proxy where there is no nft, and that is told in one sentence, by doctor too', async (t) => {
    const another = new House();
    const bin = mkdtempSync(join(scratch, 'bin-'));
    symlinkSync(process.execPath, join(bin, 'node'));
    const path = process.env['PATH'];
    process.env['PATH'] = bin;
    t.after(() => (process.env['PATH'] = path));
    const words = [
      'run',
      '-d',
      '--name',
      'web',
      '-p',
      '8086:80',
      ...HOSTS_PROGRAMS,
      '-v',
      `${conf}:/etc/nginx.conf:ro`,
    ];
    // Another subnet: the default network of the other state directory has the first.
    await another.ok('network', 'create', '--subnet', '10.77.0.0/24', 'apart');
    const { code, stderr } = await another.run(...words, '--network', 'apart', 'base', NGINX, '-c', '/etc/nginx.conf');
    assert.equal(code, 0);
    assert.match(stderr, /^(?:tscontain: )?there is no nft: [^\n]*\n$/);
    assert.match((await another.run('doctor')).stdout, /– nft +not installed: /);
    process.env['PATH'] = path;
    for (const address of ['127.0.0.1:8086', `${HOST.ipv4}:8086`]) await answers(address, '10.77.0.1');
    await another.close();
  });

  it('need the host to forward, which doctor tells and which is put back with the last container', async () => {
    assert.match((await house.run('doctor')).stdout, /settings of the host +net\.ipv4\.ip_forward was 0 and is 1/);
    assert.equal(readFileSync('/proc/sys/net/ipv4/ip_forward', 'latin1'), '1\n');
    await house.ok('rm', '-f', 'local', 'all');
    await endKeeper(house.root);
    await eventually(() => assert.equal(readFileSync('/proc/sys/net/ipv4/ip_forward', 'latin1'), '0\n'));
    assert.equal(rulesOf(house), '');
    assert.match((await house.run('doctor')).stdout, /settings of the host +none is changed for networks/);
  });
});
