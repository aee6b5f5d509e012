// Stages runs, records them and scores what is recorded; scripts/neighbours.mjs gives the words.
// record DIRECTORY RUNS SEED [WORD]: runs of every scenario in turn, or of those whose name has the word; what is there stays.
// mixed DIRECTORY SECONDS SEED: one run of an honest day.
// score DIRECTORY, alarms DIRECTORY: what came of runs, of honest days, as Markdown; nothing is run.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectCgroupHost } from '../../src/engine/cgroup/index.js';
import { chance } from '../../test/support/chance.js';
import { EngineHouse } from '../../test/support/engine-house.js';
import { mixedLoad, SCENARIOS, type Circumstances, type Plan } from './scenarios.js';
import { readRecording } from './recording.js';
import { verdictOn, type Verdict } from './score.js';
import { stage } from './stage.js';
import { mixedOf, tableOf } from './table.js';

const circumstances = (seed: number): Circumstances => ({
  chance: chance(seed),
  slowness: Number(process.env['TEST_SLOWNESS'] ?? 1),
});

interface Run {
  readonly scenario: string;
  readonly seed: number;
  readonly plan: Plan;
}

function runsOf(count: number, seed: number, word: string): Run[] {
  const chosen = Object.entries(SCENARIOS).filter(([name]) => name.includes(word));
  if (chosen.length === 0)
    throw new RangeError(`no scenario is called ${word}: choose from ${Object.keys(SCENARIOS).join(', ')}`);
  return Array.from({ length: count }, (_, i) => {
    const [scenario, plan] = chosen[i % chosen.length]!;
    return { scenario, seed: seed + i, plan: plan(circumstances(seed + i)) };
  });
}

async function perform(directory: string, runs: readonly Run[]): Promise<void> {
  const host = detectCgroupHost().kind;
  mkdirSync(directory, { recursive: true });
  const left = runs
    .map((run) => ({ ...run, file: join(directory, `${run.seed}-${run.scenario.replaceAll(/\W+/g, '-')}.jsonl`) }))
    .filter(({ file }) => !existsSync(file));
  if (left.length === 0) return;
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
  const { signal } = stopping;
  const house = await EngineHouse.open();
  let failed = 0;
  try {
    for (const [i, run] of left.entries()) {
      console.log(`${i + 1} of ${left.length}: ${run.scenario}, seed ${run.seed}`);
      try {
        await stage({ house, host, signal, ...run });
      } catch (error) {
        if (signal.aborted) break;
        // One run that could not be staged is told and is tried again the next time.
        failed += 1;
        console.error(`${run.scenario}, seed ${run.seed}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await house.close();
  }
  if (failed > 0 || signal.aborted) process.exitCode = 1;
}

/** In the order of the scenarios. */
function verdictsIn(directory: string): Verdict[] {
  const order = Object.keys(SCENARIOS);
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl') && !name.startsWith('.'))
    .map((name) => verdictOn(readRecording(readFileSync(join(directory, name), 'utf8'))))
    .sort((a, b) => order.indexOf(a.scenario) - order.indexOf(b.scenario) || a.seed - b.seed);
}

async function main(): Promise<void> {
  const [verb, directory = '', amount = '', seed = '1', word = ''] = process.argv.slice(2);
  if (verb === 'record') await perform(directory, runsOf(Number(amount), Number(seed), word));
  else if (verb === 'mixed') {
    const plan = mixedLoad(circumstances(Number(seed)), Number(amount));
    await perform(directory, [{ scenario: 'mixed', seed: Number(seed), plan }]);
  } else if (verb === 'score') console.log(tableOf(verdictsIn(directory)));
  else if (verb === 'alarms') console.log(mixedOf(verdictsIn(directory)));
  else throw new RangeError(`"${verb}" is nothing to do: choose record, mixed, score or alarms`);
}

void main();
