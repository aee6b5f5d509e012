// Which verb may be asked of a container in which status: one table, one error. Pure.
import { TscontainError } from './errors.js';
import type { Status } from './model.js';

export type Verb =
  | 'start'
  | 'stop'
  | 'kill'
  | 'restart'
  | 'pause'
  | 'unpause'
  | 'rename'
  | 'update'
  | 'exec'
  | 'attach'
  | 'top'
  | 'copy'
  | 'commit'
  | 'export'
  | 'remove';

/** `already`: what is asked for is so, nothing needs doing and nobody is troubled. Anything else is why not, and what to do. */
export type Ruling = 'allowed' | 'already' | { readonly because: string; readonly hint: string };

const ALLOWED = 'allowed';
const ALREADY = 'already';

const no = (because: string, hint: string): Ruling => ({ because, hint });

const PAUSED = no('it is paused', 'unpause it first');
const NOT_RUNNING = no('it is not running', 'start it first');
const ENDED = no('it has ended', 'start it again first');
const RESTARTING = no('it is between two runs', 'wait until it runs again, or start it now');
const REMOVING = no('it is being removed', 'wait until it is gone');
const DEAD = no('it could not be removed completely', 'remove it again');
const ALIVE = no('it is running', 'stop it first, or remove it by force');

/** Its files are there whatever it does. */
const FILES: Readonly<Record<Status, Ruling>> = {
  created: ALLOWED,
  running: ALLOWED,
  paused: ALLOWED,
  restarting: ALLOWED,
  removing: REMOVING,
  exited: ALLOWED,
  dead: DEAD,
};

/** Rows are Docker's verbs, columns the statuses. What stands beside `paused` and `restarting` follows Docker's daemon. */
const TABLE: Readonly<Record<Verb, Readonly<Record<Status, Ruling>>>> = {
  start: {
    created: ALLOWED,
    running: ALREADY,
    paused: no('it is paused', 'unpause it instead'),
    // Not waiting out the delay of its restart policy.
    restarting: ALLOWED,
    removing: REMOVING,
    exited: ALLOWED,
    dead: DEAD,
  },
  stop: {
    created: ALREADY,
    running: ALLOWED,
    paused: ALLOWED,
    restarting: ALLOWED,
    removing: REMOVING,
    exited: ALREADY,
    dead: ALREADY,
  },
  kill: {
    created: NOT_RUNNING,
    running: ALLOWED,
    paused: ALLOWED,
    restarting: ALLOWED,
    removing: REMOVING,
    exited: no('it is not running', 'there is nothing to kill'),
    dead: DEAD,
  },
  restart: {
    created: ALLOWED,
    running: ALLOWED,
    paused: ALLOWED,
    restarting: ALLOWED,
    removing: REMOVING,
    exited: ALLOWED,
    dead: DEAD,
  },
  pause: {
    created: NOT_RUNNING,
    running: ALLOWED,
    paused: no('it is paused already', 'unpause it to let it go on'),
    restarting: RESTARTING,
    removing: REMOVING,
    exited: ENDED,
    dead: DEAD,
  },
  unpause: {
    created: no('it is not paused', 'start it to run it'),
    running: no('it is not paused', 'it runs already'),
    paused: ALLOWED,
    restarting: no('it is not paused', 'wait until it runs again'),
    removing: REMOVING,
    exited: no('it is not paused', 'start it to run it again'),
    dead: DEAD,
  },
  rename: {
    created: ALLOWED,
    running: ALLOWED,
    paused: ALLOWED,
    restarting: ALLOWED,
    removing: REMOVING,
    exited: ALLOWED,
    dead: DEAD,
  },
  update: {
    created: ALLOWED,
    running: ALLOWED,
    paused: ALLOWED,
    restarting: ALLOWED,
    removing: REMOVING,
    exited: ALLOWED,
    dead: DEAD,
  },
  exec: {
    created: NOT_RUNNING,
    running: ALLOWED,
    paused: PAUSED,
    restarting: RESTARTING,
    removing: REMOVING,
    exited: ENDED,
    dead: DEAD,
  },
  // Before a start too: whoever attaches first and starts then misses nothing of the output.
  attach: {
    created: ALLOWED,
    running: ALLOWED,
    paused: PAUSED,
    restarting: ALLOWED,
    removing: REMOVING,
    exited: ALLOWED,
    dead: DEAD,
  },
  top: {
    created: NOT_RUNNING,
    running: ALLOWED,
    paused: ALLOWED,
    restarting: RESTARTING,
    removing: REMOVING,
    exited: ENDED,
    dead: DEAD,
  },
  copy: FILES,
  commit: FILES,
  export: FILES,
  remove: {
    created: ALLOWED,
    running: ALIVE,
    paused: no('it is paused', 'unpause and stop it first, or remove it by force'),
    restarting: no('it is between two runs', 'stop it first, or remove it by force'),
    // A removal that was cut short is taken up again; every step of it may be done twice.
    removing: ALLOWED,
    exited: ALLOWED,
    dead: ALLOWED,
  },
};

export function rulingOn(verb: Verb, status: Status): Ruling {
  return TABLE[verb][status];
}

/** @throws TscontainError ILLEGAL_STATE with the reason and what to do instead */
export function requireMove(verb: Verb, container: { name: string; status: Status }): 'allowed' | 'already' {
  const ruling = rulingOn(verb, container.status);
  if (typeof ruling === 'string') return ruling;
  throw new TscontainError(
    'ILLEGAL_STATE',
    `cannot ${PHRASES[verb] ?? verb} container ${container.name}: ${ruling.because}`,
    {
      hint: ruling.hint,
    },
  );
}

/** Verbs that need another word to make a sentence with "cannot … container NAME". */
const PHRASES: Partial<Record<Verb, string>> = {
  exec: 'run a program in',
  attach: 'attach to',
  top: 'list the processes of',
  copy: 'copy from or to',
};
