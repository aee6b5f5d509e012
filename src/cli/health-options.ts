// The options of run and create that say how a container is checked, and how they become a health check.
import { NO_CHECK, parseDuration, parseInteger, TscontainError, type Healthcheck } from '../engine/index.js';
import { text, type Option, type Values } from './command.js';

export const healthOptions: readonly Option[] = [
  {
    flags: '--health-cmd <command>',
    description: 'how it is found out whether it works: run in it by its shell, 0 is healthy',
  },
  { flags: '--health-interval <duration>', description: 'from one probe to the next, 30s when absent' },
  { flags: '--health-timeout <duration>', description: 'a probe that takes longer is killed and has failed, 30s' },
  { flags: '--health-retries <number>', description: 'failures in a row that make it unhealthy, 3 when absent' },
  {
    flags: '--health-start-period <duration>',
    description: 'how long it may take to come up: until then no failure counts, 0s',
  },
  { flags: '--health-start-interval <duration>', description: 'from one probe to the next in that time, 5s' },
  { flags: '--no-healthcheck', description: 'do not check it, whatever its image says' },
];

const GIVEN = healthOptions.flatMap(({ flags }) => /^--(health-[a-z-]+)/.exec(flags)?.[1] ?? []);

const camelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** undefined where nothing is said: then the image's holds. What is not said of it is empty, or 0. */
export function readHealthcheck(values: Values): Healthcheck | undefined {
  const given = GIVEN.filter((name) => text(values, camelCase(name)) !== undefined);
  // The one of a pair that commander makes of --no-healthcheck.
  if (values['healthcheck'] === false) {
    if (given.length === 0) return NO_CHECK;
    throw new TscontainError('INVALID_VALUE', `--no-healthcheck and --${given[0]!} exclude each other`, {
      hint: 'leave one of them out',
    });
  }
  if (given.length === 0) return undefined;
  const nanoseconds = (name: string): number => {
    const value = text(values, camelCase(name));
    return value === undefined ? 0 : Math.round(parseDuration(value, `--${name}`) * 1e6);
  };
  const command = text(values, 'healthCmd') ?? '';
  const retries = text(values, 'healthRetries');
  return {
    test: command === '' ? [] : ['CMD-SHELL', command],
    intervalNs: nanoseconds('health-interval'),
    timeoutNs: nanoseconds('health-timeout'),
    startPeriodNs: nanoseconds('health-start-period'),
    startIntervalNs: nanoseconds('health-start-interval'),
    retries: retries === undefined ? 0 : parseInteger(retries, '--health-retries', { min: 0 }),
  };
}
