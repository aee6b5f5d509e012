// `tscontain stats --since` tells what supervisors wrote down; `tscontain metrics` is what Prometheus accepts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { House } from '../../support/house.js';
import { eventually } from '../../support/patience.js';

let house: House;
before(async () => {
  house = new House();
  await house.ok('run', '-d', '--name', 'web', '--project', 'shop', 'base', 'sh', '-c', 'while :; do :; done');
});
after(() => house.close());

const noPromtool = spawnSync('promtool', ['--version']).status === 0 ? false : 'install prometheus';

/** What promtool says of a text, nothing when it is content. */
function promtool(text: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
}

function get(options: object): Promise<{ status: number | undefined; type: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body }));
    })
      .on('error', reject)
      .end();
  });
}

describe('tscontain stats of the past', () => {
  it('prints what was written down as a table, CSV and JSON', async () => {
    await eventually(async () => {
      assert.match(await house.ok('stats', '--since', '1m', '--step', '10s'), /web/);
    }, 30_000);
    const table = (await house.ok('stats', '--since', '1m', '--step', '60s', 'web')).trim().split('\n');
    assert.match(table[0]!, /^TIME +NAME +CORES +PEAK +MEM/);
    assert.match(table[1]!, /^\d{4}-\S+Z +web +[01]\.\d\d/);
    const csv = (await house.ok('stats', '--since', '1m', '--step', '60s', '--format', 'csv')).trim().split('\n');
    const [head, row] = csv.map((line) => line.split(','));
    assert.equal(row!.length, head!.length);
    assert.ok(Number(row![head!.indexOf('cpu.cores.peak')]) > 0.05, csv.join('\n'));
    const json = JSON.parse(await house.ok('stats', '--since', '1m', '--step', '60s', '--format', 'json')) as {
      name: string;
      'memory.used': number;
    };
    assert.ok(json.name === 'web' && json['memory.used'] > 0);
  });

  it('says what is wrong with what was asked', async () => {
    for (const [words, sentence] of [
      [['--since', 'yesterdayish'], /--since "yesterdayish" cannot be: .*02:30/],
      [['--since', '1m', '--until', '2m'], /--until .* is not after --since/],
      [['--since', '720h', '--step', '1s'], /--step of 1 s makes 2592000 rows/],
      [['--since', '1m', '--format', '{{.Name}}'], /give table, json or csv/],
      [['--step', '1s'], /--step goes with --since/],
    ] as const) {
      const { code, stderr } = await house.run('stats', ...words);
      assert.notEqual(code, 0);
      assert.match(stderr, sentence);
    }
  });
});

describe('tscontain metrics', () => {
  it('once, prints what promtool accepts', { skip: noPromtool }, async () => {
    const text = await house.ok('metrics', '--once', '--format', 'prometheus');
    assert.match(
      text,
      /^tscontain_container_cpu_seconds_total\{id="[0-9a-f]{64}",name="web",image="base",project="shop"\} \d/m,
    );
    assert.match(text, /^tscontain_machine_memory_used_bytes \d/m);
    assert.equal(promtool(`${text}\n`), '');
    assert.notEqual(promtool('no metrics at all\n'), '', 'and it would have said so');
  });

  it('answers on a loopback port and on a socket, in the format that is asked for', async () => {
    const socket = `${house.root}/metrics.sock`;
    for (const listen of ['127.0.0.1:0', `unix:${socket}`]) {
      const server = house.start('metrics', '--listen', listen);
      let said = '';
      server.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await eventually(() => assert.match(said, /\n/));
      const port = /:(\d+)\/metrics/.exec(said)?.[1];
      const place = port === undefined ? { socketPath: socket } : { host: '127.0.0.1', port };
      const accept = { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5' };
      const open = await get({ ...place, path: '/metrics', headers: accept });
      assert.deepEqual([open.status, open.type], [200, 'application/openmetrics-text; version=1.0.0; charset=utf-8']);
      assert.ok(open.body.endsWith('# EOF\n'));
      const plain = await get({ ...place, path: '/metrics' });
      assert.equal(plain.type, 'text/plain; version=0.0.4; charset=utf-8');
      if (noPromtool === false) assert.equal(promtool(plain.body), '');
      assert.equal((await get({ ...place, path: '/' })).status, 404);
      assert.equal((await get({ ...place, path: '/metrics', method: 'POST' })).status, 405);
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      assert.equal(await ended, 0);
    }
  });

  it('refuses an address that others can reach', async () => {
    const { code, stderr } = await house.run('metrics', '--listen', '0.0.0.0:9477');
    assert.notEqual(code, 0);
    assert.match(stderr, /can be reached from other machines/);
  });
});
