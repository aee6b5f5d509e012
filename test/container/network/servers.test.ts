// Servers of Debian's in containers, and their clients in others and on the host: by name, by published port, after everybody who looked
// after them was killed, and after a reboot; with the data where it was.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { House } from '../../support/house.js';
import { networkState } from '../../support/network-state.js';
import { eventually, patience } from '../../support/patience.js';
import { reboot } from '../../support/reboot.js';

const POSTGRES = newestPostgres();
const missing = [
  `${POSTGRES}/postgres`,
  '/usr/sbin/nginx',
  '/usr/bin/redis-server',
  '/usr/bin/iperf3',
  '/usr/bin/curl',
].find((path) => !existsSync(path));
const skip =
  missing === undefined ? false : `${missing} is missing: apt-get install postgresql nginx redis-server iperf3 curl`;

/** Programs of the host's, in a container of `base`. */
const PROGRAMS = ['-v', '/usr:/usr:ro'];
const ALWAYS = ['--restart', 'always'];

const RUN_POSTGRES = `
PATH=$PATH:${POSTGRES}
drop='setpriv --reuid www-data --regid www-data --clear-groups'
mkdir -p /data/pg && chown www-data: /data/pg
if [ ! -e /data/pg/PG_VERSION ]; then
  $drop initdb -D /data/pg -U postgres -A trust --no-sync --no-locale -E UTF8
  echo 'host all all 10.0.0.0/8 trust' >> /data/pg/pg_hba.conf
fi
exec $drop postgres -D /data/pg -k /tmp -c listen_addresses='*' -c fsync=off`;

const RUN_REDIS = [
  'redis-server',
  '--bind',
  '0.0.0.0',
  '--protected-mode',
  'no',
  '--dir',
  '/data',
  '--appendonly',
  'yes',
];

const NGINX_CONFIG = `daemon off; user www-data; pid /tmp/nginx.pid; error_log stderr;
events {}
http { access_log off; server { listen 80; location / { return 200 "web to $remote_addr\\n"; } } }
`;

function newestPostgres(): string {
  const directory = '/usr/lib/postgresql';
  const versions = existsSync(directory) ? readdirSync(directory).map(Number) : [];
  return join(directory, String(Math.max(...versions, 0)), 'bin');
}

let house: House;
let config: string;
/** What the machine had before the first container of this boot. */
let machine: unknown;

before(async () => {
  if (skip !== false) return;
  process.env['TSCONTAIN_KEEPER_IDLE_MS'] = '1000';
  machine = networkState();
  config = mkdtempSync(join(tmpdir(), 'tscontain-test-servers-'));
  writeFileSync(join(config, 'nginx.conf'), NGINX_CONFIG);
  house = new House();
  await house.ok('network', 'create', '--subnet', '10.77.0.0/24', 'app');
});
after(async () => {
  if (skip !== false) return;
  rmSync(config, { recursive: true });
  await house.close();
});

const onApp = (...words: string[]) => house.ok('run', '--rm', '--network', 'app', ...PROGRAMS, ...words);
const sql = (statement: string) =>
  onApp('base', `${POSTGRES}/psql`, '-h', 'db', '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-qAtc', statement);
const redis = (...words: string[]) => onApp('base', 'redis-cli', '-h', 'cache', ...words);
const curlFromHost = async (url: string): Promise<string> =>
  (await promisify(execFile)('curl', ['-sS', '--max-time', '5', url])).stdout.trim();

async function startDatabase(): Promise<void> {
  const where = ['--network', 'app', '-v', 'pgdata:/data', ...PROGRAMS, ...ALWAYS];
  await house.ok('run', '-d', '--name', 'db', ...where, 'base', 'sh', '-c', RUN_POSTGRES);
}

async function startServers(): Promise<void> {
  await startDatabase();
  const cache = ['--name', 'cache', '--network', 'app', '-v', 'cache:/data'];
  await house.ok('run', '-d', ...cache, ...PROGRAMS, ...ALWAYS, 'base', ...RUN_REDIS);
  const web = ['--name', 'web', '--network', 'app', '-p', '127.0.0.1:8080:80', '-v', `${config}:/config:ro`];
  const nginx = ['sh', '-c', 'mkdir -p /var/lib/nginx && exec nginx -e stderr -c /config/nginx.conf'];
  await house.ok('run', '-d', ...web, ...PROGRAMS, ...ALWAYS, 'base', ...nginx);
}

const inits = async (): Promise<number[]> =>
  Promise.all(['db', 'cache', 'web'].map(async (name) => (await house.inspect(name)).State.Pid));

/** Who asks by name hears what was kept, and the published port leads to the web. */
async function assertServed(count: number): Promise<void> {
  // The first question also waits for who is just starting.
  await eventually(async () => assert.equal(await sql('select count(*) from visits'), String(count)), 30_000);
  await eventually(async () => assert.equal(await redis('get', 'visits'), String(count)));
  await eventually(async () =>
    assert.match(await onApp('base', 'curl', '-sS', 'http://web/'), /^web to 10\.77\.0\.\d+$/),
  );
  await eventually(async () => assert.match(await curlFromHost('http://127.0.0.1:8080/'), /^web to 10\.77\.0\.1$/));
}

async function visit(): Promise<void> {
  await eventually(() => sql('insert into visits default values').then(() => undefined), 30_000);
  await redis('incr', 'visits');
}

describe('servers on a network', { skip }, () => {
  it('are asked by their names, from other containers, and by published ports, from the host', async () => {
    await startServers();
    await eventually(() => sql('create table visits (at timestamptz default now())').then(() => undefined), 30_000);
    await visit();
    await assertServed(1);
  });

  it('go on when every supervisor and the keeper is killed, and are found again by the next manager', async () => {
    const before = await inits();
    for (const pid of house.supervisorPids()) process.kill(pid, 'SIGKILL');
    await eventually(() => assert.deepEqual(house.supervisorPids(), []));
    await house.ok('ps');
    await assertServed(1);
    assert.deepEqual(await inits(), before, 'nobody was started anew');
    await visit();
    await assertServed(2);
  });

  it('come back after a reboot, on a machine that has nothing of them but files', async () => {
    await reboot(house, await inits());
    machine = networkState();
    await house.ok('ps');
    await assertServed(2);
    await visit();
    await assertServed(3);
  });

  it('keep their data in a volume when the container is removed and made anew', async () => {
    await house.ok('rm', '-f', 'db');
    await startDatabase();
    await eventually(async () => assert.equal(await sql('select count(*) from visits'), '3'), 30_000);
  });

  it('are measured by iperf3 from one container to another', { timeout: patience(60_000) }, async () => {
    await house.ok('run', '-d', '--name', 'meter', '--network', 'app', ...PROGRAMS, 'base', 'iperf3', '-s');
    let said = '';
    await eventually(async () => {
      said = await onApp('base', 'iperf3', '-c', 'meter', '-n', '8M', '-J');
    });
    const { end } = JSON.parse(said) as { end: Record<'sum_sent' | 'sum_received', { bytes: number }> };
    // It stops after the piece with which it has reached that.
    assert.ok(end.sum_sent.bytes >= 8 * 2 ** 20, said);
    assert.ok(end.sum_received.bytes > 0, said);
  });

  it('leave the machine as it was', async () => {
    await house.ok('rm', '-f', 'db', 'cache', 'web', 'meter');
    await house.ok('volume', 'rm', 'pgdata', 'cache');
    await house.ok('network', 'rm', 'app');
    await eventually(() => assert.deepEqual(networkState(), machine), 20_000);
    assert.equal(spawnSync('nft', ['list', 'tables'], { encoding: 'utf8' }).stdout, '');
  });
});
