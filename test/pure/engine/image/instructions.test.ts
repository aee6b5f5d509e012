// The instructions that change what an image says of itself: each by its word, good and bad.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  applyInstruction,
  readChange,
  splitWords,
  type ConfigWord,
  type Draft,
} from '../../../../src/engine/image/instructions.js';
import { NO_DEFAULTS, type ImageDefaults } from '../../../../src/engine/image/oci.js';
import { refusal } from '../../../support/refusal.js';

const plain = { expand: (word: string) => word.replace(/["']/g, '') };

const draft = (config: Partial<ImageDefaults> = {}, hasOwnCmd = false): Draft => ({
  config: { ...NO_DEFAULTS, ...config },
  hasOwnCmd,
});

const after = (word: ConfigWord, text: string, config: Partial<ImageDefaults> = {}): ImageDefaults =>
  applyInstruction(draft(config), word, text, plain).config;

describe('commands', () => {
  it('come as a list in JSON, or as a line for the shell', () => {
    assert.deepEqual(after('CMD', '["ls", "-l"]').cmd, ['ls', '-l']);
    assert.deepEqual(after('CMD', 'ls -l | wc').cmd, ['/bin/sh', '-c', 'ls -l | wc']);
    assert.deepEqual(after('CMD', 'ls', { shell: ['/bin/bash', '-ec'] }).cmd, ['/bin/bash', '-ec', 'ls']);
    assert.deepEqual(after('CMD', '[ls, -l]').cmd, ['/bin/sh', '-c', '[ls, -l]'], 'no JSON is a line');
    assert.deepEqual(after('CMD', '[1]').cmd, ['/bin/sh', '-c', '[1]']);
    assert.deepEqual(after('CMD', '[]', { cmd: ['old'] }).cmd, []);
  });

  it('an entrypoint takes the command of the image below away, and not one of its own', () => {
    assert.deepEqual(after('ENTRYPOINT', '["nginx"]', { cmd: ['bash'] }).cmd, []);
    const own = applyInstruction(draft({}), 'CMD', '["-g"]', plain);
    assert.deepEqual(applyInstruction(own, 'ENTRYPOINT', '["nginx"]', plain).config.cmd, ['-g']);
  });
});

describe('names with values', () => {
  it('are several, quoted and escaped, or one in the old form', () => {
    assert.deepEqual(after('ENV', 'A=1 B="2 3"').env, ['A=1', 'B=2 3']);
    assert.deepEqual(after('ENV', 'A 1 2 3').env, ['A=1 2 3']);
    assert.deepEqual(after('LABEL', '"a b"=1 c=').labels, { 'a b': '1', c: '' });
    assert.deepEqual(splitWords('a\\ b "c d" \'e"f\' g'), ['a\\ b', '"c d"', "'e\"f'", 'g']);
    assert.deepEqual(splitWords('a` b c', '`'), ['a` b', 'c']);
  });

  it('replace what is there in its place', () => {
    assert.deepEqual(after('ENV', 'PATH=/b', { env: ['PATH=/a', 'X=1'] }).env, ['PATH=/b', 'X=1']);
  });

  it('need a name and a value', () => {
    for (const text of ['A', '=1', 'A=1 B', '  '])
      assert.throws(() => after('ENV', text), refusal('INVALID_VALUE', /ENV/), text);
  });

  it('a label of the prototype is a label', () => {
    assert.equal(Object.entries(after('LABEL', '__proto__=x').labels).length, 1);
  });
});

describe('ports', () => {
  it('are one, a range, of a protocol, several, and each once', () => {
    assert.deepEqual(after('EXPOSE', '80 53/UDP 8000-8002/tcp', { exposedPorts: ['80/tcp'] }).exposedPorts, [
      '80/tcp',
      '53/udp',
      '8000/tcp',
      '8001/tcp',
      '8002/tcp',
    ]);
  });

  it('are numbers that there are', () => {
    for (const text of ['0', '65536', 'http', '80/icmp', '9-8', '-1', '80:80'])
      assert.throws(() => after('EXPOSE', text), refusal('INVALID_VALUE', /EXPOSE/), text);
  });
});

describe('a health check', () => {
  it('has a command and a schedule', () => {
    assert.deepEqual(
      after('HEALTHCHECK', '--interval=5s --retries=2 --start-period=1m CMD curl -f localhost').healthcheck,
      {
        test: ['CMD-SHELL', 'curl -f localhost'],
        intervalNs: 5e9,
        timeoutNs: 0,
        startPeriodNs: 60e9,
        startIntervalNs: 0,
        retries: 2,
      },
    );
    assert.deepEqual(after('HEALTHCHECK', 'CMD ["true"]').healthcheck?.test, ['CMD', 'true']);
    assert.deepEqual(after('HEALTHCHECK', 'none').healthcheck?.test, ['NONE']);
  });

  it('cannot be just anything', () => {
    for (const text of [
      'curl',
      'CMD',
      'CMD []',
      '--interval=1 CMD x',
      '--interval=10us CMD x',
      '--often=1s CMD x',
      '--retries=-1 CMD x',
      'NONE x',
    ])
      assert.throws(() => after('HEALTHCHECK', text), refusal('INVALID_VALUE', /HEALTHCHECK/), text);
  });
});

describe('the other words', () => {
  it('a directory is relative to the one before', () => {
    assert.equal(after('WORKDIR', 'b/../c', { workingDir: '/a' }).workingDir, '/a/c');
    assert.equal(after('WORKDIR', '/x/').workingDir, '/x');
    assert.equal(after('WORKDIR', '../..').workingDir, '/');
  });

  it('volumes are a list, users and signals are what there are', () => {
    assert.deepEqual(after('VOLUME', '["/data", "/a b"]').volumes, ['/data', '/a b']);
    assert.deepEqual(after('VOLUME', '/data /more', { volumes: ['/data'] }).volumes, ['/data', '/more']);
    assert.throws(() => after('VOLUME', '[""]'), refusal('INVALID_VALUE', /VOLUME/));
    assert.equal(after('USER', 'ada:staff').user, 'ada:staff');
    assert.throws(() => after('USER', 'a:b:c'), refusal('INVALID_VALUE'));
    assert.equal(after('STOPSIGNAL', '9').stopSignal, '9');
    assert.throws(() => after('STOPSIGNAL', 'SIGNOTHING'), refusal('INVALID_VALUE', /SIGNOTHING/));
  });

  it('a trigger is kept as it is said, and some never can be', () => {
    assert.deepEqual(after('ONBUILD', 'run make $X', { onBuild: ['USER a'] }).onBuild, ['USER a', 'RUN make $X']);
    for (const text of ['FROM x', 'onbuild RUN x', 'MAINTAINER x'])
      assert.throws(() => after('ONBUILD', text), refusal('INVALID_VALUE', /ONBUILD/), text);
  });

  it('a shell is a list', () => {
    assert.deepEqual(after('SHELL', '["/bin/bash", "-c"]').shell, ['/bin/bash', '-c']);
    for (const text of ['/bin/bash -c', '[]'])
      assert.throws(() => after('SHELL', text), refusal('INVALID_VALUE', /SHELL/));
  });
});

describe('--change', () => {
  it('begins with one of the words, whatever their letters', () => {
    assert.deepEqual(readChange(' cmd ["ls"]'), { word: 'CMD', rest: '["ls"]' });
    for (const text of ['RUN ls', 'SHELL ["x"]', 'FROM x', 'COPY a b', '', 'nonsense'])
      assert.throws(() => readChange(text), refusal('INVALID_VALUE', /the change/), text);
  });
});
