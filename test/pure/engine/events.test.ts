// The event log: every event once, in order, for who reads back and for who follows, across rotations and torn lines.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { appendEvent, parseEvent, readEvents } from '../../../src/engine/events.js';
import type { EngineEvent } from '../../../src/engine/model.js';
import { layout } from '../../../src/engine/state/layout.js';
import { gather } from '../../support/gather.js';
import { stateDirectory } from '../../support/state-directory.js';

const happen = (root: string, name: string) =>
  appendEvent(root, { type: 'container', action: 'start', id: 'c'.repeat(64), attributes: { name } });

const names = (events: readonly EngineEvent[]) => events.map(({ attributes }) => attributes['name']);

async function readBack(root: string, since = 0): Promise<(string | undefined)[]> {
  return names(await gather(readEvents(root, { since, until: Date.now() })));
}

describe('events', () => {
  it('are none where nothing happened', async (t) => {
    assert.deepEqual(await readBack(stateDirectory(t)), []);
  });

  it('are read back from a moment on, the file that was put aside first', async (t) => {
    const root = stateDirectory(t);
    happen(root, '1');
    renameSync(layout.events(root), layout.eventsBefore(root));
    happen(root, '2');
    assert.deepEqual(await readBack(root), ['1', '2']);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const since = Date.now();
    happen(root, '3');
    assert.deepEqual(await readBack(root, since), ['3']);
  });

  it('are followed from now on, through a rotation, until the signal', async (t) => {
    const root = stateDirectory(t);
    happen(root, 'before');
    const controller = new AbortController();
    const seen: EngineEvent[] = [];
    const done = (async () => {
      for await (const event of readEvents(root, { signal: controller.signal })) seen.push(event);
    })();
    const until = async (count: number) => {
      for (
        const deadline = Date.now() + 5000;
        seen.length < count;
        await new Promise((resolve) => setTimeout(resolve, 2))
      )
        assert.ok(Date.now() < deadline, `only ${names(seen).join()} came`);
    };
    happen(root, '1');
    await until(1);
    happen(root, '2');
    renameSync(layout.events(root), layout.eventsBefore(root));
    happen(root, '3');
    await until(3);
    controller.abort();
    await done;
    assert.deepEqual(names(seen), ['1', '2', '3']);
  });

  it('survive a line that a full disk cut short', async (t) => {
    const root = stateDirectory(t);
    happen(root, '1');
    appendFileSync(layout.events(root), '{"time":17,"type":"contai');
    happen(root, '2');
    appendFileSync(layout.events(root), 'junk\n[]\n{"time":"x"}\n');
    happen(root, '3');
    assert.deepEqual(await readBack(root), ['1', '2', '3']);
    assert.equal(parseEvent('{"time":1'), undefined);
  });

  it('keep any text, ends of lines and broken characters included', async (t) => {
    const root = stateDirectory(t);
    const odd = 'a\n{"time":1,"x\u2028"} é 💥 \u0000';
    happen(root, odd);
    happen(root, 'é'.repeat(40_000));
    assert.deepEqual(await readBack(root), [odd, 'é'.repeat(40_000)]);
  });

  it('are put aside at their size, once, by whoever comes first', async (t) => {
    const root = stateDirectory(t);
    writeFileSync(layout.events(root), `${'x'.repeat(1023)}\n`.repeat(4096));
    for (let i = 0; i < 20; i++) happen(root, String(i));
    for (
      const deadline = Date.now() + 5000;
      statSync(layout.eventsBefore(root), { throwIfNoEntry: false }) === undefined;
    ) {
      assert.ok(Date.now() < deadline, 'it was not rotated');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    happen(root, 'last');
    assert.deepEqual(await readBack(root), [...Array(20).keys(), 'last'].map(String));
    assert.ok(readFileSync(layout.events(root)).length < 1000);
  });

  it('that cannot be written are lost, and nothing else', (t) => {
    happen('/proc/nowhere', 'x');
    const root = stateDirectory(t);
    chmodSync(root, 0o500);
    happen(root, 'x');
  });
});
