// Which verb may be asked in which status, walked at random against a model of what a container can do.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Status } from '../../../src/engine/model.js';
import { requireMove, rulingOn, type Verb } from '../../../src/engine/states.js';
import { refusal } from '../../support/refusal.js';

const STATUSES: readonly Status[] = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];
const VERBS: readonly Verb[] = [
  'start',
  'stop',
  'kill',
  'restart',
  'pause',
  'unpause',
  'rename',
  'update',
  'exec',
  'attach',
  'top',
  'copy',
  'commit',
  'export',
  'remove',
];

/** What becomes of a container when a verb that was allowed has been done; others change nothing. */
const AFTER: Partial<Record<Verb, Status>> = {
  start: 'running',
  restart: 'running',
  stop: 'exited',
  kill: 'exited',
  pause: 'paused',
  unpause: 'running',
  remove: 'removing',
};

const hasProcess = (status: Status) => status === 'running' || status === 'paused';

describe('the table of moves', () => {
  it('says why not and what to do instead, with the name', () => {
    for (const verb of VERBS) {
      for (const status of STATUSES) {
        const ruling = rulingOn(verb, status);
        if (typeof ruling === 'string') continue;
        assert.throws(
          () => requireMove(verb, { name: 'web', status }),
          refusal('ILLEGAL_STATE', /^cannot .* container web: it /),
        );
        assert.ok(ruling.hint.length > 5, `${verb} × ${status}`);
      }
    }
  });

  it('follows Docker where scripts count on it', () => {
    assert.equal(rulingOn('start', 'running'), 'already');
    assert.equal(rulingOn('stop', 'exited'), 'already');
    assert.equal(rulingOn('stop', 'created'), 'already');
    assert.equal(rulingOn('stop', 'paused'), 'allowed');
    assert.throws(
      () => requireMove('exec', { name: 'web', status: 'paused' }),
      refusal('ILLEGAL_STATE', /it is paused/),
    );
    assert.throws(
      () => requireMove('remove', { name: 'web', status: 'running' }),
      refusal('ILLEGAL_STATE', /it is running/),
    );
  });

  it('takes up a removal that was cut short, and allows nothing else then', () => {
    for (const verb of VERBS) assert.equal(rulingOn(verb, 'removing') === 'allowed', verb === 'remove', verb);
  });

  it('never leads a walk of allowed verbs where the kernel has nothing to do it with', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...VERBS), { maxLength: 60 }), (walk) => {
        let status: Status = 'created';
        for (const verb of walk) {
          if (rulingOn(verb, status) !== 'allowed') continue;
          if (verb === 'exec' || verb === 'pause' || verb === 'top')
            assert.ok(hasProcess(status), `${verb} in ${status}`);
          if (verb === 'remove') assert.ok(!hasProcess(status), `removed while ${status}`);
          if (verb === 'unpause') assert.equal(status, 'paused');
          status = AFTER[verb] ?? status;
        }
        // From anywhere such a walk can end, there is a way out.
        if (hasProcess(status)) {
          assert.notEqual(typeof rulingOn('stop', status), 'object');
          status = 'exited';
        }
        assert.equal(rulingOn('remove', status), 'allowed');
      }),
    );
  });
});
