// One event of the log as a sentence.
import type { EngineEvent } from '../../engine/index.js';
import type { Tone } from './container.js';

const SENTENCES: Readonly<Record<EngineEvent['action'], (a: Readonly<Record<string, string>>) => string>> = {
  // Of networks and volumes no image is told.
  create: (a) => (a['image'] === undefined ? 'created' : `created from ${a['image']}`),
  start: () => 'started',
  restart: () => 'restarted',
  stop: () => 'stopped',
  kill: (a) => `was sent ${a['signal'] === undefined ? 'a signal' : signalName(a['signal'])}`,
  pause: () => 'paused',
  unpause: () => 'goes on',
  rename: (a) => `was renamed${a['oldName'] === undefined ? '' : ` from ${a['oldName'].replace(/^\//, '')}`}`,
  update: () => 'has new limits',
  die: (a) =>
    `ended with ${a['exitCode'] === undefined || a['exitCode'] === '' ? 'an unknown exit code' : `exit code ${a['exitCode']}`}`,
  oom: () => 'ran out of memory: the kernel killed a process',
  destroy: (a) => (a['kept'] === undefined ? 'removed' : 'removed, and kept for a while'),
  restore: () => 'was brought back',
  attach: () => 'was attached to',
  detach: () => 'was detached from',
  resize: () => 'terminal resized',
  copy: () => 'files were copied',
  exec_create: () => 'a program is to run inside',
  exec_start: (a) => `runs ${a['execCommand'] ?? a['command'] ?? 'a program'} inside`,
  exec_die: (a) => `a program inside ended with ${a['exitCode'] ?? 'an unknown exit code'}`,
  'health_status: healthy': () => 'is healthy',
  'health_status: unhealthy': (a) =>
    `is unhealthy: ${a['failingStreak'] === undefined || a['failingStreak'] === '1' ? 'its health check failed' : `its health check failed ${a['failingStreak']} times in a row`}`,
  import: () => 'imported',
  tag: () => 'is the name of an image now',
  pull: () => 'was pulled',
  push: () => 'was pushed',
  untag: () => 'is the name of an image no more',
  load: () => 'loaded from an archive',
  save: () => 'saved as an archive',
  commit: () => 'made an image of what it has changed',
  export: () => 'all files were exported',
  delete: () => 'removed',
  mount: (a) => `mounted at ${a['destination'] ?? 'a place'} of a container`,
  unmount: () => 'a container let go of it',
  prune: (a) =>
    `${a['what'] ?? 'images'} were pruned${a['reclaimed'] === undefined ? '' : `, ${a['reclaimed']} bytes freed`}`,
  connect: () => 'a container came onto it',
  disconnect: () => 'a container went from it',
  guard: (a) => {
    const what = a['what'] ?? 'limited';
    const reason = a['reason'] ?? 'a rule';
    return what === 'limited' || what === 'paused' ? `was ${what} by the guard: ${reason}` : `${what}: ${reason}`;
  },
  recover: (a) => a['what'] ?? 'put right after a crash',
};

const UNHEALTHY = 'health_status: unhealthy';
const QUIET: ReadonlySet<string> = new Set(['resize', 'attach', 'detach', 'mount', 'unmount']);

const signalName = (signal: string): string => (/^\d+$/.test(signal) ? `signal ${signal}` : signal);

export function eventSubject(event: EngineEvent): string {
  return event.attributes['name'] ?? event.id.slice(0, 12);
}

export function eventSentence(event: EngineEvent): string {
  return SENTENCES[event.action](event.attributes);
}

export function eventTone({ action, attributes }: EngineEvent): Tone | 'text' {
  if (action === 'oom' || action === UNHEALTHY) return 'error';
  if (action === 'die') return attributes['exitCode'] === '0' ? 'text' : 'notice';
  if (action === 'recover' || action === 'guard') return 'notice';
  return action.startsWith('exec_') || QUIET.has(action) ? 'dim' : 'text';
}

/** Events that are worth the notice line when nothing else is in it. */
export const isNotable = ({ action, attributes }: EngineEvent): boolean =>
  action === 'oom' ||
  action === UNHEALTHY ||
  action === 'recover' ||
  action === 'guard' ||
  (action === 'die' && attributes['exitCode'] !== '0');
