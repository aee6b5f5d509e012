// tscontain guard run
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Guard } from '../../guard/index.js';
import { createSampler } from '../../metrics/index.js';
import { flag, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { readGuardFile } from '../guard-file.js';
import { printable } from '../output.js';

const INTERVAL_MS = 1000;

export const guardRun: Command = {
  name: 'guard run',
  summary: 'Watch containers and act by the rules of a file, until it is ended',
  description:
    'Runs in the foreground and writes a line for everything that it does. Each act is an event with its reason, is taken back ' +
    'when its reason is over, and when the guard ends; what a guard that was killed has left is taken back by the next one.',
  arguments: [{ name: 'file', complete: 'file' }],
  options: [{ flags: '-n, --dry-run', description: 'change nothing and say what would be done' }],
  examples: [{ command: 'tscontain guard run --dry-run rules.guard', what: 'what the rules would have done' }],
  async run(context, [path = ''], values) {
    const rules = readGuardFile(path);
    if ('complaints' in rules) {
      for (const complaint of rules.complaints) context.warn(printable(complaint));
      return EXIT.failed;
    }
    const engine = await context.engine();
    const sampler = createSampler({ intervalMs: INTERVAL_MS });
    const dryRun = flag(values, 'dryRun');
    const say = (sentence: string): void => context.print(printable(`${new Date().toISOString()} ${sentence}`));
    const guard = new Guard({ engine, readings: sampler, rules, dryRun, cores: cpus().length, say });
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
    say(`guarding by ${rules.rules.length} rules of ${path}${dryRun ? ', as a dry run' : ''}`);
    try {
      await guard.begin();
      while (!stop.signal.aborted) {
        const containers = await engine.list();
        sampler.setTargets(
          containers.filter(({ state }) => state.init !== undefined).map(({ id, cgroup }) => ({ id, cgroup })),
        );
        sampler.sample();
        await guard.observe(Date.now(), containers);
        await delay(INTERVAL_MS, undefined, { signal: stop.signal });
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      await guard.end();
      sampler.close();
    }
    return EXIT.ok;
  },
};
