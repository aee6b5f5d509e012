// The score as it stands in docs/neighbours.md: a row a scenario, all of them together, and every run that went wrong by name.
import { scoreOf, type Score, type Verdict } from './score.js';

const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(share * 100).toFixed(0)} %`);
const seconds = (ms: number): string => (Number.isNaN(ms) ? '–' : `${(ms / 1000).toFixed(1)} s`);

function row(name: string, verdicts: readonly Verdict[]): string {
  const score = scoreOf(verdicts);
  const of = (some: number, all: number): string => (all === 0 ? '–' : `${some} of ${all}`);
  const cells = [
    name,
    score.runs,
    of(score.found, score.hurt),
    score.false,
    of(score.named, score.found),
    of(score.resourceRight, score.found),
    seconds(score.medianMs),
    seconds(score.slowestMs),
  ];
  return `| ${cells.join(' | ')} |`;
}

const goals = (score: Score): string =>
  [
    `Is somebody hurt: precision **${percent(score.precision)}**, recall **${percent(score.recall)}** (goal 95 % each).`,
    `Who does it: **${percent(score.who)}** (goal 90 %).`,
    `Found within 5 s: **${percent(score.inTime)}**; half of them within ${seconds(score.medianMs)}.`,
    `Runs in which it could not be told who was hurt, and which count for neither: ${score.unclear}.`,
  ].join(' ');

function wrong({ scenario, seed, truth, foundAfterMs, isNamedRight, named, falseAlarms }: Verdict): string[] {
  const run = `${scenario}, seed ${seed}`;
  const faults = falseAlarms.map((alarm) => `- ${run}: ${alarm}`);
  if (truth === 'hurt' && foundAfterMs === undefined) faults.push(`- ${run}: not found`);
  if (foundAfterMs !== undefined && !isNamedRight) faults.push(`- ${run}: named ${named ?? 'nobody'}`);
  if (foundAfterMs !== undefined && foundAfterMs > 5000) faults.push(`- ${run}: found after ${seconds(foundAfterMs)}`);
  return faults;
}

export function tableOf(verdicts: readonly Verdict[]): string {
  const scenarios = [...new Set(verdicts.map(({ scenario }) => scenario))];
  const faults = verdicts.flatMap(wrong);
  return [
    '| scenario | runs | found | false alarms | who | resource | half within | slowest |',
    '| --- | --: | --: | --: | --: | --: | --: | --: |',
    ...scenarios.map((name) =>
      row(
        name,
        verdicts.filter(({ scenario }) => scenario === name),
      ),
    ),
    row('**all**', verdicts),
    '',
    goals(scoreOf(verdicts)),
    ...(faults.length > 0 ? ['', 'What went wrong:', '', ...faults] : []),
  ].join('\n');
}

/** What an honest day came to. */
export function mixedOf(verdicts: readonly Verdict[]): string {
  return verdicts
    .map(({ falseAlarms, minutes, seed }) => {
      const alarms = falseAlarms.length === 0 ? 'no alarm' : `${falseAlarms.length} alarms`;
      return [
        `${minutes.toFixed(0)} minutes with seed ${seed}: ${alarms}.`,
        ...falseAlarms.map((said) => `- ${said}`),
      ].join('\n');
    })
    .join('\n');
}
