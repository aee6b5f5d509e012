// --change of commit and import: instructions after one another, with the variables of the image in them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyChanges } from '../../../../src/engine/image/change.js';
import { NO_DEFAULTS } from '../../../../src/engine/image/oci.js';
import { refusal } from '../../../support/refusal.js';

describe('--change', () => {
  it('is one after another, with variables of the environment', () => {
    const config = applyChanges({ ...NO_DEFAULTS, env: ['HOME=/root'], cmd: ['sh'] }, [
      'ENV BIN=$HOME/bin QUOTED="a b"',
      'WORKDIR ${BIN}',
      'USER ${NOBODY:-nobody}',
      'CMD echo $HOME',
    ]);
    assert.deepEqual(config.env, ['HOME=/root', 'BIN=/root/bin', 'QUOTED=a b']);
    assert.equal(config.workingDir, '/root/bin');
    assert.equal(config.user, 'nobody');
    assert.deepEqual(config.cmd, ['/bin/sh', '-c', 'echo $HOME'], 'the shell of the container replaces these');
  });

  it('that cannot be read is said', () => {
    assert.throws(() => applyChanges(NO_DEFAULTS, ['ENV A=${B']), refusal('INVALID_VALUE', /the change/));
  });
});
