// What is staged, and who is in truth the matter. Each scenario is an ordinary little project of the image `base` in which one
// container begins to do something on a signal; chance gives the names, the moment and the strength.
import type { Limits } from '../../src/engine/cgroup/index.js';
import type { Chance } from '../../test/support/chance.js';

const MiB = 1024 * 1024;

export interface Actor {
  readonly name: string;
  /** for `sh -c`; says "ready" when it has made what it needs */
  readonly script: string;
  readonly limits?: Limits;
}

/** A scenario with everything that chance decides decided. */
export interface Plan {
  readonly actors: readonly Actor[];
  /** memory that all of them together may use, bytes */
  readonly projectMemory?: number;
  /** who is given the signal, and when, s after the recording began */
  readonly begins?: { readonly name: string; readonly afterSeconds: number };
  readonly seconds: number;
  readonly victims: readonly string[];
  readonly maybe?: readonly string[];
  readonly culprit?: string;
  readonly resource?: 'cpu' | 'memory' | 'io';
  /** the matter begins with the first kill for memory, not with the signal */
  readonly beganByKill?: true;
}

export interface Circumstances {
  readonly chance: Chance;
  /** how many times slower than a real machine this one is */
  readonly slowness: number;
}

export type Scenario = (circumstances: Circumstances) => Plan;

const NAMES = ['web', 'db', 'cache', 'api', 'queue', 'backup', 'batch', 'mail', 'search', 'reports'];

function names({ chance }: Circumstances, count: number): string[] {
  const left = [...NAMES];
  return Array.from({ length: count }, () => left.splice(chance.below(left.length), 1)[0]!);
}

/** Waits for the signal with nothing to do; what follows is done then. */
const onSignal = (then: string, before = ''): string =>
  `trap : USR1; ${before} echo ready; sleep 1000 & wait $!; kill $!; ${then}`;

const busy = (turns: number): string => `i=0; while [ $i -lt ${turns} ]; do i=$((i+1)); done`;
/** In the background as many times. */
const times = (count: number, work: string): string => `for n in $(seq ${count}); do (${work}) & done; wait`;
const forever = (work: string): string => `while :; do ${work}; done`;

interface Work {
  readonly turn: string;
  /** ms of rest after each turn on a real machine */
  readonly restMs: number;
  /** where all takes longer: the rest as so many times what a turn takes there */
  readonly restTurns: number;
}

/** Hundredths of a second, without a program to be started. */
const CLOCK = 'clock() { read up rest < /proc/uptime; now=${up%.*}${up#*.}; };';

/**
 * How long a turn takes is another thing on an emulated machine, and another for each kind of work: it is tried out there, so
 * that a service rests as much as it would elsewhere and four of them are not too many for the processors.
 */
const triedOut = ({ slowness }: Circumstances, { turn, restTurns }: Work): string =>
  slowness <= 1
    ? ''
    : `${CLOCK} clock; began=$now; ${turn}; ${turn}; ${turn}; ${turn}; clock; rest=$(( (now - began) * ${restTurns} / 4 ));` +
      ' rest=$((rest / 100)).$((rest / 10 % 10))$((rest % 10));';

const turns = ({ slowness }: Circumstances, { turn, restMs }: Work, then = ''): string =>
  forever(`${turn}; sleep ${slowness > 1 ? '$rest' : restMs / 1000}${then}`);

/** Says so after each turn: how many it gets done tells, apart from everything that the judge sees, whether it is hurt. */
const service = (on: Circumstances, work: Work, before = ''): string =>
  `${before} ${triedOut(on, work)} echo ready; ${turns(on, work, '; echo turn')}`;

/** Works a third of the time in short turns, as a web service under some load. */
const serving = (on: Circumstances): string =>
  service(on, {
    turn: busy(Math.round((20_000 + on.chance.below(20_000)) / on.slowness)),
    restMs: 30 + on.chance.below(40),
    restTurns: 2,
  });
/** Commits a little now and then, and waits until it is on the disk. */
const committing = (on: Circumstances): string =>
  service(on, {
    turn: `dd if=/dev/zero of=/var/journal bs=4k count=${2 + on.chance.below(4)} oflag=dsync conv=notrunc 2>/dev/null`,
    restMs: 30,
    restTurns: 4,
  });
/** Looks things up in a file of its own that stays in the page cache. */
const lookingUp = (on: Circumstances, mib: number): string =>
  service(
    on,
    { turn: 'cat /var/index > /dev/null', restMs: 30, restTurns: 4 },
    `head -c ${mib}M /dev/zero > /var/index; sync /var/index;`,
  );
/** Reads records here and there from the disk itself. */
const fetching = (on: Circumstances): string =>
  service(
    on,
    {
      turn: `dd if=/var/records of=/dev/null bs=16k count=${20 + on.chance.below(20)} skip=${on.chance.below(900)} iflag=direct 2>/dev/null`,
      restMs: 50,
      restTurns: 4,
    },
    'head -c 32M /dev/zero > /var/records; sync /var/records;',
  );
const idling = 'echo ready; while :; do sleep 5; done';

const CALM_SECONDS = 6;
const HURT_SECONDS = 9;
/** Where all takes longer, there is longer time for it. */
const SLOW_TIMES = 1.7;

/** Someone begins after a calm while, which chance makes a little longer. */
function disturbed(
  { chance, slowness }: Circumstances,
  actors: readonly Actor[],
  culprit: string,
  rest: Pick<Plan, 'victims' | 'resource' | 'maybe' | 'projectMemory'>,
): Plan {
  const longer = slowness > 1 ? SLOW_TIMES : 1;
  const afterSeconds = (CALM_SECONDS + chance.next() * 2) * longer;
  return {
    actors,
    begins: { name: culprit, afterSeconds },
    seconds: afterSeconds + HURT_SECONDS * longer,
    culprit,
    ...rest,
  };
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'CPU hog': (on) => {
    const [victim, other, culprit] = names(on, 3) as [string, string, string];
    const actors = [
      { name: victim, script: serving(on) },
      { name: other, script: idling },
      { name: culprit, script: onSignal(times(6 + on.chance.below(6), forever(busy(100_000)))) },
    ];
    return disturbed(on, actors, culprit, { victims: [victim], maybe: [other], resource: 'cpu' });
  },

  'fork storm': (on) => {
    const [victim, other, culprit] = names(on, 3) as [string, string, string];
    const actors = [
      { name: victim, script: serving(on) },
      { name: other, script: idling },
      { name: culprit, script: onSignal(times(8 + on.chance.below(8), forever('/bin/true'))) },
    ];
    return disturbed(on, actors, culprit, { victims: [victim], maybe: [other], resource: 'cpu' });
  },

  'memory hog': (on) => {
    const [victim, other, culprit] = names(on, 3) as [string, string, string];
    const projectMemory = 192 * MiB;
    const takes = 140 + on.chance.below(20);
    const actors = [
      { name: victim, script: lookingUp(on, 80) },
      { name: other, script: idling },
      { name: culprit, script: onSignal(`(head -c ${takes}M /dev/zero; sleep 1000) | tail -c ${takes}M`) },
    ];
    return disturbed(on, actors, culprit, { victims: [victim], maybe: [other], resource: 'memory', projectMemory });
  },

  'dirty pages': (on) => {
    const [victim, other, culprit] = names(on, 3) as [string, string, string];
    // Writing a file anew makes ext4 send it to the disk when it is closed; two of them do not wait for each other.
    const writes = times(
      2,
      forever(`dd if=/dev/zero of=/var/dump$n bs=1M count=${192 + on.chance.below(256)} 2>/dev/null`),
    );
    const actors = [
      { name: victim, script: committing(on) },
      { name: other, script: serving(on) },
      { name: culprit, script: onSignal(writes) },
    ];
    return disturbed(on, actors, culprit, { victims: [victim], maybe: [other], resource: 'io' });
  },

  'small fsyncs': (on) => {
    const [victim, other, culprit] = names(on, 3) as [string, string, string];
    const writes = 'dd if=/dev/zero of=/var/log/$n bs=16k count=2000 oflag=dsync conv=notrunc 2>/dev/null';
    const actors = [
      { name: victim, script: committing(on) },
      { name: other, script: idling },
      { name: culprit, script: onSignal(times(24 + on.chance.below(24), forever(writes))) },
    ];
    return disturbed(on, actors, culprit, { victims: [victim], maybe: [other], resource: 'io' });
  },

  'heavy reads': (on) => {
    const [victim, other, culprit] = names(on, 3) as [string, string, string];
    const reads = 'dd if=/var/archive of=/dev/null bs=4M iflag=direct 2>/dev/null';
    const before = 'head -c 128M /dev/zero > /var/archive; sync /var/archive;';
    const actors = [
      { name: victim, script: fetching(on) },
      { name: other, script: idling },
      { name: culprit, script: onSignal(times(3 + on.chance.below(4), forever(reads)), before) },
    ];
    return disturbed(on, actors, culprit, { victims: [victim], maybe: [other], resource: 'io' });
  },

  'page cache': (on) => {
    const [victim, other, culprit] = names(on, 3) as [string, string, string];
    // Each part is read twice in a row, so that the kernel takes it for something that is needed.
    const parts = ['a', 'b', 'c'].map((part) => `/var/${part}`);
    const size = 60 + on.chance.below(30);
    const before = `for f in ${parts.join(' ')}; do head -c ${size}M /dev/zero > $f; sync $f; done;`;
    const reads = parts.map((part) => `cat ${part} ${part} > /dev/null`).join('; ');
    const actors = [
      { name: victim, script: lookingUp(on, 80) },
      { name: other, script: idling },
      { name: culprit, script: onSignal(forever(reads), before) },
    ];
    const rest = { victims: [victim], maybe: [other], resource: 'memory', projectMemory: 144 * MiB } as const;
    return disturbed(on, actors, culprit, rest);
  },

  'two innocents': (on) => {
    const [one, two, other] = names(on, 3) as [string, string, string];
    const work: Work = { turn: busy(Math.round(30_000 / on.slowness)), restMs: 10, restTurns: 1 };
    const actors = [
      { name: one, script: service(on, work) },
      { name: two, script: onSignal(turns(on, work), triedOut(on, work)) },
      { name: other, script: idling },
    ];
    return { actors, begins: { name: two, afterSeconds: 4 }, seconds: 16, victims: [] };
  },

  'own CPU limit': (on) => {
    const [held, other, third] = names(on, 3) as [string, string, string];
    const actors = [
      { name: held, script: onSignal(forever(busy(100_000))), limits: { nanoCpus: (10 + on.chance.below(20)) * 1e7 } },
      { name: other, script: serving(on) },
      { name: third, script: idling },
    ];
    return disturbed(on, actors, held, { victims: [held], resource: 'cpu' });
  },

  'own memory limit': (on) => {
    const [held, other] = names(on, 2) as [string, string];
    const before = 'head -c 96M /dev/zero > /var/index; sync /var/index;';
    const actors = [
      {
        name: held,
        script: onSignal(forever('cat /var/index > /dev/null'), before),
        limits: { memory: (40 + on.chance.below(24)) * MiB },
      },
      { name: other, script: serving(on) },
    ];
    return disturbed(on, actors, held, { victims: [held], resource: 'memory' });
  },

  'a burst': (on) => {
    const [one, two, other] = names(on, 3) as [string, string, string];
    const burst = `for n in $(seq 6); do (timeout 1.5 sh -c '${forever(busy(10_000))}') & done; wait; sleep 1000`;
    const actors = [
      { name: one, script: serving(on) },
      { name: two, script: onSignal(burst) },
      { name: other, script: committing(on) },
    ];
    return { actors, begins: { name: two, afterSeconds: CALM_SECONDS + on.chance.next() }, seconds: 16, victims: [] };
  },

  'slow leak, still harmless': (on) => {
    const [leaks, one, two] = names(on, 3) as [string, string, string];
    const leak = `(while :; do head -c ${1 + on.chance.below(3)}M /dev/zero; sleep 0.3; done) | tail -c 1G`;
    const actors = [
      { name: leaks, script: onSignal(leak), limits: { memory: 512 * MiB } },
      { name: one, script: serving(on) },
      { name: two, script: committing(on) },
    ];
    return { actors, begins: { name: leaks, afterSeconds: 3 }, seconds: 16, victims: [] };
  },

  'slow leak, to its end': (on) => {
    const [leaks, one, two] = names(on, 3) as [string, string, string];
    const leak = `(while :; do head -c ${3 + on.chance.below(3)}M /dev/zero; sleep 0.3; done) | tail -c 1G`;
    const actors = [
      { name: leaks, script: onSignal(forever(leak)), limits: { memory: 48 * MiB } },
      { name: one, script: serving(on) },
      { name: two, script: committing(on) },
    ];
    const rest = { victims: [leaks], resource: 'memory' } as const;
    return { ...disturbed(on, actors, leaks, rest), begins: { name: leaks, afterSeconds: 3 }, beganByKill: true };
  },

  'nothing the matter': (on) => {
    const [one, two, three, four] = names(on, 4) as [string, string, string, string];
    const actors = [
      { name: one, script: serving(on) },
      { name: two, script: committing(on) },
      { name: three, script: lookingUp(on, 40) },
      { name: four, script: fetching(on) },
    ];
    return { actors, seconds: 15, victims: [] };
  },
};

/** An honest day in short: services, and jobs that come and go without being in anybody's way. */
export function mixedLoad(on: Circumstances, seconds: number): Plan {
  const [one, two, three, four, five] = names(on, 5) as [string, string, string, string, string];
  const job = (work: string, pauseSeconds: number): string =>
    `echo ready; ${forever(`sleep ${pauseSeconds}; ${work}; echo turn`)}`;
  const actors = [
    { name: one, script: serving(on) },
    { name: two, script: committing(on) },
    { name: three, script: lookingUp(on, 40) },
    // A job of a second and a half every now and then, and a report that is written slowly.
    { name: four, script: job(`timeout 1.5 sh -c '${forever(busy(10_000))}'`, 17) },
    { name: five, script: job('dd if=/dev/zero of=/var/report bs=64k count=64 conv=fsync 2>/dev/null', 7) },
  ];
  return { actors, seconds, victims: [] };
}
