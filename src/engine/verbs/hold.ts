// hold and release: a change that is to be taken back. The record is on the disk before the change is in force, so whoever was
// killed in between, or any time after, leaves something that another one can take back; what somebody else has changed
// meanwhile is theirs and stays.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { atomicWrite, processRuns, startTimeOf } from '../../native/index.js';
import { isTscontainError, TscontainError } from '../errors.js';
import type { Container, Hold, Limits } from '../model.js';
import { errnoOf, fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { makeDirectory } from '../state/make-directory.js';
import { removedIds } from '../state/removed.js';
import { loadIfThere, tell, type Parts } from './parts.js';
import { pause, unpause } from './pause.js';
import { update } from './update.js';

const HOLD_ID = /^[0-9a-f]{16}$/;

export interface HoldChange {
  readonly limits?: Partial<Limits>;
  readonly pause?: boolean;
}

/** @throws TscontainError what update and pause throw; nothing is held then */
export async function hold(parts: Parts, ref: string, change: HoldChange, reason: string): Promise<Hold> {
  const { root, store } = parts;
  const container = store.load(store.resolve(ref));
  const { limits: set = {}, pause: paused = false } = change;
  const held: Hold = {
    schema: 1,
    id: randomBytes(8).toString('hex'),
    container: container.id,
    name: container.config.name,
    since: Date.now(),
    owner: { pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 },
    reason,
    paused,
    set,
    before: limitsBefore(set, container.config.limits),
  };
  try {
    makeDirectory(layout.holds(root));
    await atomicWrite(layout.hold(root, held.id), JSON.stringify(held), { mode: 0o600 });
  } catch (error) {
    throw fileError(error, `note what is changed of container ${held.name}`);
  }
  try {
    if (Object.keys(set).length > 0) await update(parts, container.id, { limits: set });
    if (paused) await pause(parts, container.id);
  } catch (error) {
    forget(root, held.id);
    throw error;
  }
  tell(parts, container, 'guard', { hold: held.id, what: paused ? 'paused' : 'limited', reason });
  return held;
}

/** @throws TscontainError INVALID_VALUE (there is no such hold), and what update and unpause throw: then it is held on */
export async function release(parts: Parts, holdId: string, reason: string): Promise<string> {
  const { root, store } = parts;
  const held = HOLD_ID.test(holdId) ? readHold(root, holdId) : undefined;
  if (held === undefined)
    throw new TscontainError('INVALID_VALUE', `there is no hold "${holdId}"`, { hint: 'it was taken back already' });
  const container = loadIfThere(store, held.container);
  if (container === undefined) {
    // Brought back, it comes with these limits: then whoever comes next takes them back.
    if (removedIds(root).includes(held.container)) return `${held.name} was removed, and is still kept`;
    forget(root, held.id);
    return `${held.name} is gone`;
  }
  const what = await takeBack(parts, held, container);
  forget(root, held.id);
  tell(parts, container, 'guard', { hold: held.id, what, reason });
  return what;
}

async function takeBack(parts: Parts, held: Hold, container: Container): Promise<string> {
  const { limits } = container.config;
  const mine = (field: keyof Limits): boolean => JSON.stringify(limits[field]) === JSON.stringify(held.set[field]);
  const fields = Object.keys(held.set) as (keyof Limits)[];
  const kept = fields.filter(mine);
  // What was before may be said in other fields, as the CPU's quota is: it goes back when what stands for it is still ours.
  const changedByOthers = fields.some((field) => !mine(field));
  const before = Object.fromEntries(
    Object.entries(held.before).filter(([field]) =>
      fields.includes(field as keyof Limits) ? kept.includes(field as keyof Limits) : kept.includes('nanoCpus'),
    ),
  ) as Partial<Limits>;
  if (Object.keys(before).length > 0) await update(parts, container.id, { limits: before });
  const isPaused = held.paused && container.state.status === 'paused';
  if (isPaused) await unpauseIfPaused(parts, container.id);
  if (fields.length === 0) return isPaused ? 'goes on' : 'was let go on by somebody else';
  if (kept.length === 0) return 'has limits that somebody else set since, which stay';
  return changedByOthers ? 'has its limits back, but for those that somebody else set since' : 'has its limits back';
}

async function unpauseIfPaused(parts: Parts, id: string): Promise<void> {
  try {
    await unpause(parts, id);
  } catch (error) {
    // Somebody was faster.
    if (!isTscontainError(error, 'ILLEGAL_STATE')) throw error;
  }
}

/** Oldest first. One that cannot be read is left out. */
export function holds(root: string): (Hold & { isOwned: boolean })[] {
  return holdIds(root)
    .flatMap((id) => readHold(root, id) ?? [])
    .map((held) => ({ ...held, isOwned: processRuns(held.owner.pid, held.owner.startTime) }))
    .sort((a, b) => a.since - b.since);
}

function holdIds(root: string): string[] {
  try {
    return readdirSync(layout.holds(root)).flatMap((name) => /^([0-9a-f]{16})\.json$/.exec(name)?.[1] ?? []);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'list what is held');
  }
}

function readHold(root: string, id: string): Hold | undefined {
  try {
    const value = JSON.parse(readFileSync(layout.hold(root, id), 'utf8')) as Partial<Hold> | null;
    const isWhole =
      value?.schema === 1 &&
      typeof value.container === 'string' &&
      typeof value.set === 'object' &&
      typeof value.before === 'object' &&
      typeof value.owner === 'object';
    return isWhole ? { ...(value as Hold), id } : undefined;
  } catch {
    return undefined;
  }
}

function forget(root: string, id: string): void {
  rmSync(layout.hold(root, id), { force: true });
}

/** "No limit" of each field that is held. */
const NONE: Limits = {
  memory: -1,
  memoryHigh: -1,
  memoryReservation: -1,
  nanoCpus: 0,
  cpuShares: 0,
  pidsLimit: -1,
  blkioWeight: 0,
  deviceReadBps: [],
  deviceWriteBps: [],
  deviceReadIOps: [],
  deviceWriteIOps: [],
};

/** What the same fields say now, "no limit" said aloud; of the CPU's two spellings the one that is used. */
function limitsBefore(set: Partial<Limits>, limits: Limits): Partial<Limits> {
  const { cpuQuota, cpuPeriod } = limits;
  const entries = (Object.keys(set) as (keyof Limits)[]).flatMap((field): [string, unknown][] =>
    field === 'nanoCpus' && cpuQuota !== undefined && cpuQuota > 0
      ? [
          ['cpuQuota', cpuQuota],
          ['cpuPeriod', cpuPeriod ?? 0],
        ]
      : [[field, limits[field] ?? NONE[field]]],
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
