// Files that notify nobody: each change is told once and to those alone whom it concerns, and nothing is lost when others come
// and go.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Poll } from '../../../../src/engine/cgroup/poll.js';

let scratch: string;
let told: string[];

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tscontain-poll-'));
  told = [];
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const path = (name: string): string => join(scratch, name);
const kills = (name: string, count: number): void =>
  writeFileSync(path(name), `oom_kill_disable 0\nunder_oom 0\noom_kill ${count}\n`);
const tells = (name: string) => (): void => void told.push(name);
/** Descriptors of this process that are open on files of the test. */
const open = (): number => readdirSync('/proc/self/fd').length;

describe('a poll', () => {
  it('tells each change once, and only of the file that changed', () => {
    const poll = new Poll();
    kills('a', 0);
    kills('b', 0);
    const ends = ['a', 'b'].map((name) => poll.add(path(name), tells(name)));
    poll.look();
    assert.deepEqual(told, []);
    kills('b', 1);
    poll.look();
    poll.look();
    assert.deepEqual(told, ['b']);
    kills('a', 10);
    kills('b', 9);
    poll.look();
    assert.deepEqual(told, ['b', 'a', 'b']);
    ends.forEach((end) => end?.());
  });

  it('loses no change when another comes or goes in the same second', () => {
    const poll = new Poll();
    for (const name of ['a', 'b', 'c']) kills(name, 0);
    const end = poll.add(path('a'), tells('a'));
    kills('a', 1);
    const other = poll.add(path('b'), tells('b'));
    assert.deepEqual(told, ['a']);
    kills('b', 1);
    end?.();
    assert.deepEqual(told, ['a', 'b']);
    kills('a', 2);
    poll.look();
    assert.deepEqual(told, ['a', 'b'], 'nobody asks for it any more');
    other?.();
  });

  it('looks by itself within a second', async () => {
    const poll = new Poll();
    kills('a', 0);
    // The timer does not hold a process: the test must.
    const held = setTimeout(() => undefined, 10_000);
    const seen = new Promise<void>((resolve) => {
      const end = poll.add(path('a'), () => {
        end?.();
        resolve();
      });
    });
    kills('a', 1);
    await seen;
    clearTimeout(held);
  });

  it('passes over what is not there, and holds no descriptor of what is over', () => {
    const poll = new Poll();
    assert.equal(poll.add(path('nowhere'), tells('nowhere')), undefined);
    kills('a', 0);
    const before = open();
    const end = poll.add(path('a'), tells('a'));
    assert.equal(open(), before + 1);
    end?.();
    end?.();
    assert.equal(open(), before);
  });
});
