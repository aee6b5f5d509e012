// Health from the command line: asked for, listed, filtered, inspected; and nothing of what a probe says reaches the terminal.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { House } from '../../support/house.js';
import { eventually } from '../../support/patience.js';

const house = new House();
after(() => house.close());

const FAST = ['--health-interval', '200ms', '--health-retries', '1'] as const;

const run = (name: string, ...words: string[]): Promise<string> =>
  house.ok('run', '-d', '--name', name, ...words, 'base', 'sh', '-c', 'while :; do sleep 1; done');

const statusOf = (name: string): Promise<string> =>
  house.ok('ps', '-a', '--filter', `name=${name}`, '--format', '{{.Status}}');

describe('health on the command line', () => {
  it('is asked for with Docker’s words, and stands in ps, inspect and events', async () => {
    await run('fine', ...FAST, '--health-cmd', 'true');
    await run('unwell', ...FAST, '--health-cmd', 'echo not well; exit 3');
    await run('young', '--health-cmd', 'true');
    await run('unchecked', '--no-healthcheck');
    await eventually(async () => {
      assert.match(await statusOf('fine'), /^Up .* \(healthy\)$/);
      assert.match(await statusOf('unwell'), /^Up .* \(unhealthy\)$/);
    });
    assert.match(await statusOf('young'), /^Up .* \(health: starting\)$/);
    assert.match(await statusOf('unchecked'), /^Up [^()]*$/);
    const found = async (health: string) =>
      (await house.ok('ps', '--filter', `health=${health}`, '--format', '{{.Names}}')).split('\n');
    assert.deepEqual(
      [await found('healthy'), await found('unhealthy'), await found('starting'), await found('none')],
      [['fine'], ['unwell'], ['young'], ['unchecked']],
    );
    assert.equal(await house.ok('inspect', '-f', '{{.State.Health.Status}}', 'unwell'), 'unhealthy');
    const [inspected] = JSON.parse(await house.ok('inspect', 'unwell')) as [
      {
        State: { Health: { FailingStreak: number; Log: { ExitCode: number; Output: string }[] } };
        Config: { Healthcheck: object };
      },
    ];
    assert.ok(inspected.State.Health.FailingStreak >= 1);
    assert.deepEqual(
      [inspected.State.Health.Log[0]!.ExitCode, inspected.State.Health.Log[0]!.Output],
      [3, 'not well\n'],
    );
    assert.deepEqual(inspected.Config.Healthcheck, {
      Test: ['CMD-SHELL', 'echo not well; exit 3'],
      Interval: 200_000_000,
      Retries: 1,
    });
    const events = await house.ok('events', '--since', '10m', '--until', '0s');
    assert.match(events, /container health_status: healthy [0-9a-f]{64} \(name=fine, /);
    assert.match(events, /container health_status: unhealthy [0-9a-f]{64} \(name=unwell, /);
    assert.doesNotMatch(events, /exec_/, 'a probe is no event');
  });

  it('lets no escape sequence of a probe through', async () => {
    // CSI, OSC 52, DCS, and CSI in its 8-bit form as UTF-8.
    const script = String.raw`printf "\033[2J\033]52;c;aGk=\007\033P1\033\\\\\302\2332J\342\200\256"; exit 1`;
    await run('hostile', ...FAST, '--health-cmd', script);
    await eventually(async () => assert.match(await statusOf('hostile'), /\(unhealthy\)$/));
    for (const words of [
      ['inspect', 'hostile'],
      ['inspect', '-f', 'json', 'hostile'],
      ['inspect', '-f', '{{json .State.Health.Log}}', 'hostile'],
      ['ps', '-a', '--no-trunc'],
      ['ps', '-a', '--format', 'json'],
      ['events', '--since', '10m', '--until', '0s'],
    ]) {
      const text = await house.ok(...words);
      assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/, words.join(' '));
    }
    const [{ State }] = JSON.parse(await house.ok('inspect', 'hostile')) as [
      { State: { Health: { Log: { Output: string }[] } } },
    ];
    assert.equal(
      State.Health.Log[0]!.Output,
      '\x1b[2J\x1b]52;c;aGk=\x07\x1bP1\x1b\\\u009b2J\u202e',
      'it is kept as it was',
    );
  });

  it('is refused in one sentence where it cannot be', async () => {
    for (const [words, message] of [
      [['--health-interval', 'soon', '--health-cmd', 'true'], /--health-interval "soon"/],
      [['--health-interval', '10us', '--health-cmd', 'true'], /"0\.01ms".*1ms or more/],
      [['--health-retries', '2'], /has no command/],
      [['--no-healthcheck', '--health-cmd', 'true'], /--no-healthcheck and --health-cmd/],
    ] as const) {
      const { code, stderr } = await house.run('run', '-d', ...words, 'base', 'true');
      assert.notEqual(code, 0);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
  });
});
