// A dashboard that only watches: whatever is pressed, chosen or asked for, no verb of the engine that changes anything is called.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTscontainError, type Engine } from '../../../src/engine/index.js';
import type { Effect } from '../../../src/tui/actions.js';
import { BINDINGS, type Binding, type CommandName } from '../../../src/tui/keymap.js';
import { readOnlyRefusal, watchingEngine } from '../../../src/tui/read-only.js';
import { demoWorld } from '../../support/demo-world.js';
import { Desk } from '../../support/desk.js';
import { workElsewhere } from '../../support/state-directory.js';

const commands = [...new Set((BINDINGS as readonly Binding<CommandName>[]).map(({ command }) => command))];

/** What may be asked of the engine: looking. */
const isLooking = (call: string): boolean => / to watch$/.test(call);

describe('a dashboard that is read only', () => {
  it('changes nothing by any command in any place, and says why', async (test) => {
    workElsewhere(test);
    for (const place of ['1', 'l', 'i', 'm', 'I', 'a']) {
      for (const command of commands) {
        const desk = await Desk.open({ readOnly: true });
        await desk.type(place);
        if (command !== 'quit') await desk.run(command);
        const refusal = readOnlyRefusal(command);
        if (refusal !== undefined) {
          assert.equal(desk.notice, refusal, `${command} in ${place}`);
          assert.equal(desk.state.overlay, undefined, `${command} opens nothing`);
        }
        // Whatever it opened is answered with every key that could agree to something.
        if (desk.state.overlay) await desk.type('right', 'enter', 'enter', 'ctrl-s', 'y');
        assert.deepEqual(
          desk.calls.filter((call) => !isLooking(call)),
          [],
          `${command} in ${place}`,
        );
        desk.close();
      }
    }
  });

  it('changes nothing by any effect, wherever that came from', async () => {
    const desk = await Desk.open({ readOnly: true });
    const [container] = desk.state.containers.list;
    const { id } = container!;
    const effects: readonly Effect[] = [
      ...(['start', 'stop', 'kill', 'restart', 'pause', 'unpause'] as const).map((verb): Effect => ({
        type: 'verb',
        verb,
        ids: [id],
      })),
      { type: 'remove', ids: [id], force: true },
      { type: 'prune' },
      { type: 'create', spec: { image: 'base', name: 'new' }, openTerminal: true },
      { type: 'demo' },
      { type: 'update', changes: [{ id, limits: { pidsLimit: 3 }, before: {} }] },
      { type: 'rename', id, name: 'other' },
      { type: 'open-shell', number: 1, id, kind: 'shell' },
      { type: 'import-image', source: '/x', name: 'y' },
      { type: 'remove-images', names: [{ id: 'a', name: 'base', last: true }] },
      { type: 'prune-images', which: 'unused' },
      { type: 'tag-image', image: { id: 'a', name: 'base' }, name: 'mine:1' },
      { type: 'begin-job', number: 1, request: { kind: 'pull', name: 'debian' } },
      { type: 'begin-job', number: 2, request: { kind: 'build', build: { directory: '/', args: [], noCache: false } } },
    ];
    for (const effect of effects) {
      desk.effects.run(effect);
      await desk.settle();
      assert.deepEqual(desk.calls, [], JSON.stringify(effect));
    }
    assert.match(desk.notice, /read only/);
    desk.close();
  });

  it('refuses each verb of the engine but those that look', async () => {
    const { engine } = demoWorld();
    const watching = watchingEngine(engine);
    const looking = ['list', 'get', 'wait', 'logs', 'logBatches', 'top', 'diff', 'stat', 'copyFrom', 'events', 'watch'];
    looking.push('explain', 'launchReport', 'limitsInForce', 'holds', 'removed', 'close');
    const names = new Set([...Object.keys(engine), ...Object.getOwnPropertyNames(Object.getPrototypeOf(engine))]);
    let refused = 0;
    for (const name of names) {
      const verb = Reflect.get(watching, name) as ((ref: string) => unknown) | undefined;
      if (typeof verb !== 'function' || looking.includes(name) || name === 'attach' || name === 'constructor') continue;
      await assert.rejects(
        async () => await verb('web'),
        (error) => isTscontainError(error, 'READ_ONLY'),
        name,
      );
      refused += 1;
    }
    assert.ok(refused >= 14, `${refused} verbs`);
    await assert.rejects(watching.attach('web', { stdin: true }), /read only/);
    await assert.rejects(watching.images.get('base'), /read only/);
    assert.equal((await watching.list()).length, (await (engine as Engine).list()).length);
    assert.ok((await watching.images.list()).length > 0);
  });

  it('watches a terminal and never takes its keys', async () => {
    const desk = await Desk.open({ readOnly: true });
    await desk.type('a');
    await desk.type('enter', 'x');
    assert.deepEqual(desk.calls, ['attach db to watch']);
    assert.match(desk.text(), /read only/);
    desk.close();
  });
});
