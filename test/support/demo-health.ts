// How those on the made-up machine are whose health is checked: one well, one not, one that is coming up.
import type { Health, ProbeResult } from '../../src/engine/index.js';
import { DEMO_NOW } from './demo-people.js';

const SECOND = 1000;

function result(secondsAgo: number, exitCode: number, output: string): ProbeResult {
  const start = DEMO_NOW - secondsAgo * SECOND;
  return { start: new Date(start).toISOString(), end: new Date(start + 31).toISOString(), exitCode, output };
}

const HEALTH: Readonly<Record<string, Health>> = {
  web: { status: 'healthy', failingStreak: 0, log: [result(34, 0, 'ok\n'), result(4, 0, 'ok\n')] },
  db: {
    status: 'unhealthy',
    failingStreak: 3,
    log: [
      result(64, 2, 'no response\n'),
      // What a probe says is anybody's.
      result(34, 2, '\x1b[2J\x1b]52;c;aGk=\x07no \x9b31mresponse\n'),
      result(4, -1, 'killed after its timeout of 3 s'),
    ],
  },
  'ci-runner': { status: 'starting', failingStreak: 0, log: [] },
};

export function healthOf(name: string): { readonly health?: Health } {
  const health = HEALTH[name];
  return health === undefined ? {} : { health };
}
