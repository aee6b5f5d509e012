// What a container is checked with: what was asked for over what its image says, by Docker's rules. Pure.
import { TscontainError } from '../errors.js';
import { wrong } from '../grammar/wrong.js';
import type { Healthcheck } from '../model.js';

/** Not checked, whatever the image says. */
export const NO_CHECK: Healthcheck = {
  test: ['NONE'],
  intervalNs: 0,
  timeoutNs: 0,
  startPeriodNs: 0,
  startIntervalNs: 0,
  retries: 0,
};

/** Docker's: less is taken for a mistake in the unit. */
const LEAST_NS = 1_000_000;

/**
 * What is empty or 0 in what was asked for is the image's.
 * @returns undefined where nobody asks for a check @throws TscontainError INVALID_VALUE
 */
export function mergeHealthcheck(
  asked: Healthcheck | undefined,
  image: Healthcheck | undefined,
): Healthcheck | undefined {
  if (asked === undefined) return image;
  requireTimes(asked);
  const test = asked.test.length > 0 ? asked.test : (image?.test ?? []);
  requireTest(test);
  return {
    test,
    intervalNs: asked.intervalNs || (image?.intervalNs ?? 0),
    timeoutNs: asked.timeoutNs || (image?.timeoutNs ?? 0),
    startPeriodNs: asked.startPeriodNs || (image?.startPeriodNs ?? 0),
    startIntervalNs: asked.startIntervalNs || (image?.startIntervalNs ?? 0),
    retries: asked.retries || (image?.retries ?? 0),
  };
}

const DEFAULT_SHELL = ['/bin/sh', '-c'];

/** The argument vector of a probe; undefined where there is nothing to be run. */
export function probeCommand(
  check: Healthcheck | undefined,
  shell: readonly string[] = DEFAULT_SHELL,
): readonly string[] | undefined {
  const [kind, ...words] = check?.test ?? [];
  if (words.length === 0) return undefined;
  if (kind === 'CMD') return words;
  return kind === 'CMD-SHELL' ? [...shell, ...words] : undefined;
}

function requireTest(test: readonly string[]): void {
  const [kind, ...words] = test;
  if (kind === undefined)
    throw new TscontainError('INVALID_VALUE', 'the health check has no command, nor has that of the image', {
      hint: 'give one, such as --health-cmd "curl -f http://localhost"',
    });
  const right =
    kind === 'NONE'
      ? words.length === 0
      : kind === 'CMD'
        ? words.length > 0 && words[0] !== ''
        : kind === 'CMD-SHELL' && words.length === 1;
  if (!right)
    throw wrong('the health check', test.join(' '), 'give CMD and a program, CMD-SHELL and one command, or NONE');
  if (words.some((word) => word.includes('\0')))
    throw wrong('the health check', test.join(' '), 'it has a zero byte, which no program can be given');
}

function requireTimes({ intervalNs, timeoutNs, startPeriodNs, startIntervalNs, retries }: Healthcheck): void {
  const times = {
    interval: intervalNs,
    timeout: timeoutNs,
    'start period': startPeriodNs,
    'start interval': startIntervalNs,
  };
  for (const [name, ns] of Object.entries(times)) {
    if (ns !== 0 && !(ns >= LEAST_NS))
      throw wrong(`the ${name} of the health check`, `${ns / 1e6}ms`, 'give 1ms or more, or 0 for what is usual');
  }
  if (!Number.isSafeInteger(retries) || retries < 0)
    throw wrong('the number of retries of the health check', String(retries), 'give a whole number, or 0 for 3');
}
