// The words of run and create that say how a container is checked.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commands } from '../../../src/cli/commands/index.js';
import { readCreateSpec } from '../../../src/cli/container-options.js';
import { statusText } from '../../../src/cli/commands/ps.js';
import { parse } from '../../../src/cli/parser.js';
import { refusal } from '../../support/refusal.js';
import { containerOf } from '../../support/spec.js';

async function checkOf(...words: string[]) {
  const parsed = parse(commands, ['run', ...words, 'base', 'sleep', '1'], '0.0.0');
  assert.ok('chosen' in parsed, words.join(' '));
  return (await readCreateSpec(parsed.chosen.args, parsed.chosen.values)).healthcheck;
}

describe('the words of a health check', () => {
  it('are Docker’s, and what is not said is left to the image', async () => {
    assert.equal(await checkOf(), undefined);
    assert.deepEqual((await checkOf('--no-healthcheck'))?.test, ['NONE']);
    assert.deepEqual(await checkOf('--health-cmd', 'curl -f localhost', '--health-interval', '1m30s'), {
      test: ['CMD-SHELL', 'curl -f localhost'],
      intervalNs: 90e9,
      timeoutNs: 0,
      startPeriodNs: 0,
      startIntervalNs: 0,
      retries: 0,
    });
    assert.deepEqual(
      await checkOf(
        ...['--health-timeout', '500ms', '--health-retries', '2'],
        ...['--health-start-period', '1h', '--health-start-interval', '1.5s'],
      ),
      { test: [], intervalNs: 0, timeoutNs: 5e8, startPeriodNs: 3600e9, startIntervalNs: 1.5e9, retries: 2 },
    );
  });

  it('are refused with the value where they are no times', async () => {
    await assert.rejects(checkOf('--health-interval', '30'), refusal('INVALID_VALUE', /--health-interval "30"/));
    await assert.rejects(checkOf('--health-timeout=-5s'), refusal('INVALID_VALUE', /"-5s"/));
    await assert.rejects(checkOf('--health-retries', 'few'), refusal('INVALID_VALUE', /"few"/));
    await assert.rejects(
      checkOf('--no-healthcheck', '--health-retries', '2'),
      refusal('INVALID_VALUE', /--no-healthcheck and --health-retries/),
    );
  });

  it('come back in the status of ps', () => {
    const now = Date.parse('2026-01-01T00:05:00Z');
    const textOf = (status: 'running' | 'paused' | 'exited', health?: 'starting' | 'healthy' | 'unhealthy') =>
      statusText(
        containerOf(
          {},
          {
            status,
            startedAt: '2026-01-01T00:02:00Z',
            finishedAt: '2026-01-01T00:04:00Z',
            exitCode: 0,
            ...(health === undefined ? {} : { health: { status: health, failingStreak: 0, log: [] } }),
          },
        ),
        now,
      );
    assert.equal(textOf('running'), 'Up 3 minutes');
    assert.equal(textOf('running', 'starting'), 'Up 3 minutes (health: starting)');
    assert.equal(textOf('running', 'healthy'), 'Up 3 minutes (healthy)');
    assert.equal(textOf('running', 'unhealthy'), 'Up 3 minutes (unhealthy)');
    assert.equal(textOf('paused', 'unhealthy'), 'Up 3 minutes (Paused)');
    assert.match(textOf('exited', 'unhealthy'), /^Exited \(0\)/);
  });
});
