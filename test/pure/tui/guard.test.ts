// The guard in the dashboard: a dry run until it is armed, which is asked first; everything is taken back at the end.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRules } from '../../../src/guard/index.js';
import { Desk } from '../../support/desk.js';

function guardOf(text: string) {
  const rules = parseRules(text);
  assert.ok(!('problems' in rules));
  return { path: 'rules.guard', rules };
}

const RULE = "while web's io pressure is over 1 % for 2 s, pause backup";

describe('the guard in the dashboard', () => {
  it('is a dry run at first: it says what it would do, and does nothing', async () => {
    const desk = await Desk.open({ guard: guardOf(RULE) });
    assert.match(desk.text(), /guard: dry run/);
    await desk.advance(4000);
    assert.match(
      desk.notice,
      /^guard: web's io pressure is .* %, over 1 % for 2 s: pausing backup.*this is a dry run \(line 1\)/,
    );
    assert.deepEqual(desk.calls, []);
    desk.close();
  });

  it('acts once it is armed, after a question that shows the rules; disarmed it takes everything back', async () => {
    const desk = await Desk.open({ guard: guardOf(RULE) });
    await desk.run('guard');
    assert.match(desk.text(), /arm the guard with the 1 rule of rules\.guard\?/);
    assert.match(desk.text(), /while web's io pressure is over 1 % for 2 s, pause backup/);
    await desk.type('enter');
    await desk.advance(4000);
    assert.deepEqual(desk.calls, [], 'cancelled, it stays a dry run');
    await desk.run('guard');
    await desk.type('right', 'enter');
    assert.match(desk.text(), /guard: armed/);
    await desk.advance(4000);
    assert.deepEqual(desk.calls, ['pause backup']);
    assert.match(desk.text(), /guard: holds 1/);
    assert.ok(
      desk.state.events.list.some(({ action, attributes }) => action === 'guard' && attributes['what'] === 'paused'),
    );
    await desk.run('guard');
    assert.match(desk.text(), /1 container held by it get back what they had/);
    await desk.type('right', 'enter');
    assert.deepEqual(desk.calls, ['pause backup', 'unpause backup']);
    assert.match(desk.text(), /guard: dry run/);
    desk.close();
  });

  it('takes back what it holds when one leaves', async () => {
    const desk = await Desk.open({ guard: guardOf(RULE) });
    await desk.run('guard');
    await desk.type('right', 'enter');
    await desk.advance(4000);
    desk.close();
    await desk.settle();
    assert.deepEqual(desk.calls, ['pause backup', 'unpause backup']);
  });

  it('without a rule file says how to give one', async () => {
    const desk = await Desk.open();
    await desk.run('guard');
    assert.match(desk.notice, /--guard FILE/);
    assert.doesNotMatch(desk.text(), /guard:/);
    desk.close();
  });

  it('is never armed where nothing can be changed', async () => {
    const desk = await Desk.open({ guard: guardOf(RULE), readOnly: true });
    await desk.run('guard');
    assert.match(desk.notice, /Read only/);
    await desk.advance(4000);
    assert.deepEqual(desk.calls, []);
    desk.close();
  });
});
