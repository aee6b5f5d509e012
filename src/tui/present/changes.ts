// What was done to a container, as marks on the axis of time, and the limits that held before and after: both from the
// engine's events, so a change that another manager made is marked like one's own. Pure.
import type { EngineEvent } from '../../engine/index.js';
import { coreLimitOf } from '../reducers/limits.js';

export interface ChangeMark {
  /** ms since the epoch */
  readonly at: number;
  /** one or two words, for where there is room */
  readonly word: string;
  /** of several at one place the one with the greatest is told */
  readonly rank: number;
}

/** What bends a graph, the most telling last: of several at one place that one is named. */
const WORDS: Readonly<Partial<Record<EngineEvent['action'], string>>> = {
  kill: 'killed',
  die: 'ended',
  stop: 'stopped',
  start: 'started',
  restore: 'brought back',
  unpause: 'goes on',
  pause: 'paused',
  restart: 'restarted',
  update: 'limits',
  guard: 'guard',
  'health_status: unhealthy': 'unhealthy',
  oom: 'out of memory',
};
const RANKS = Object.keys(WORDS);

/**
 * The changes of these containers, oldest first.
 * @param names id → what stands before the word, where several share a graph
 */
export function changesOf(
  events: readonly EngineEvent[],
  names: ReadonlyMap<string, string>,
  from: number,
  to: number,
): readonly ChangeMark[] {
  return events
    .filter(({ id, action, time }) => names.has(id) && WORDS[action] !== undefined && time >= from && time <= to)
    .sort((a, b) => a.time - b.time || RANKS.indexOf(a.action) - RANKS.indexOf(b.action))
    .map(({ id, action, time }) => {
      const name = names.get(id)!;
      return {
        at: time,
        word: name === '' ? WORDS[action]! : `${name} ${WORDS[action]!}`,
        rank: RANKS.indexOf(action),
      };
    });
}

/** A limit over a stretch of time; undefined is none. */
export interface LimitSpan {
  readonly from: number;
  readonly to: number;
  readonly value: number | undefined;
}

export type LimitedResource = 'cpu' | 'memory' | 'pids';

/** The limit as it was, in pieces from `from` to `to`. @param now what holds at the end of all events */
export function limitsOver(
  events: readonly EngineEvent[],
  id: string,
  resource: LimitedResource,
  now: number | undefined,
  from: number,
  to: number,
): readonly LimitSpan[] {
  const updates = events.filter(
    (event) => event.id === id && event.action === 'update' && touches(event, resource) && event.time > from,
  );
  const spans: LimitSpan[] = [];
  let since = from;
  for (const event of updates) {
    const until = Math.min(event.time, to);
    if (until > since) spans.push({ from: since, to: until, value: limitIn(event, resource, '.before') });
    since = Math.max(since, until);
    if (event.time >= to) return spans;
  }
  const last = updates.at(-1);
  spans.push({ from: since, to, value: last === undefined ? now : limitIn(last, resource, '') });
  return spans;
}

const FIELDS: Readonly<Record<LimitedResource, readonly string[]>> = {
  cpu: ['nanoCpus', 'cpuQuota', 'cpuPeriod'],
  memory: ['memory'],
  pids: ['pidsLimit'],
};

const touches = ({ attributes }: EngineEvent, resource: LimitedResource): boolean =>
  FIELDS[resource].some((field) => attributes[field] !== undefined || attributes[`${field}.before`] !== undefined);

/** What an update says of a limit (verbs/update.ts): JSON a field, ".before" for what it was. */
function limitIn({ attributes }: EngineEvent, resource: LimitedResource, suffix: '' | '.before'): number | undefined {
  const [first, second, third] = FIELDS[resource].map((field) => numberOf(attributes[`${field}${suffix}`]));
  if (resource !== 'cpu') return first !== undefined && first > 0 ? first : undefined;
  return coreLimitOf({
    ...(first === undefined ? {} : { nanoCpus: first }),
    ...(second === undefined ? {} : { cpuQuota: second }),
    ...(third === undefined ? {} : { cpuPeriod: third }),
  });
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text ?? NaN);
  return Number.isFinite(value) ? value : undefined;
}
