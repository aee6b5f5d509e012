// A build as lines, and the words of its command.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { readBuildArg, readBuildWords, readNamedContext, readSecret } from '../../../src/cli/build-context.js';
import { parseOutput } from '../../../src/cli/build-output.js';
import { BuildSteps } from '../../../src/cli/build-progress.js';
import type { BuildEvent } from '../../../src/engine/index.js';
import { refusal } from '../../support/refusal.js';

function stepsAt() {
  let now = 1000;
  const steps = new BuildSteps(() => now);
  return { steps, pass: (ms: number) => (now += ms) };
}
const output = (text: string): BuildEvent => ({ kind: 'output', step: 1, stream: 'stdout', data: Buffer.from(text) });

describe('in plain lines', () => {
  it('every line has the number of its step', () => {
    const { steps, pass } = stepsAt();
    const lines = (event: BuildEvent) => steps.plain(event);
    assert.deepEqual(lines({ kind: 'begin', step: 1, title: '[1/2] RUN make' }), ['#1 [1/2] RUN make']);
    pass(500);
    assert.deepEqual(lines(output('one\ntw')), ['#1 0.500 one']);
    assert.deepEqual(lines(output('o\n')), ['#1 0.500 two']);
    assert.deepEqual(lines(output('no end')), []);
    assert.deepEqual(lines({ kind: 'end', step: 1, how: 'done', ms: 1234 }), ['#1 0.500 no end', '#1 DONE 1.2s', '']);
    lines({ kind: 'begin', step: 2, title: 'x' });
    assert.deepEqual(lines({ kind: 'end', step: 2, how: 'cached', ms: 1 }), ['#2 CACHED', '']);
    lines({ kind: 'begin', step: 3, title: 'x' });
    assert.deepEqual(lines({ kind: 'end', step: 3, how: 'failed', ms: 1, why: 'so' }), ['#3 ERROR: so', '']);
  });

  it('a character that comes in two pieces stays whole, and none reaches the terminal as an escape sequence', () => {
    const { steps } = stepsAt();
    steps.plain({ kind: 'begin', step: 1, title: 'x' });
    const bytes = Buffer.from('ü\u001b[2J\u001b]0;t\u0007\n');
    assert.deepEqual(steps.plain({ kind: 'output', step: 1, stream: 'stdout', data: bytes.subarray(0, 1) }), []);
    const [line] = steps.plain({ kind: 'output', step: 1, stream: 'stdout', data: bytes.subarray(1) });
    assert.equal(line, '#1 0.000 ü\\u001b[2J\\u001b]0;t\\u0007');
    const hostile = steps.plain({ kind: 'begin', step: 2, title: 'RUN \u001b[31m' });
    assert.deepEqual(hostile, ['#2 RUN \\u001b[31m']);
  });

  it('what a carriage return has written over is left out', () => {
    const { steps } = stepsAt();
    steps.plain({ kind: 'begin', step: 1, title: 'x' });
    assert.deepEqual(steps.plain(output('10 %\r50 %\r100 %\r\n')), ['#1 0.000 100 %']);
  });
});

describe('in a terminal', () => {
  it('what is under way is below what is done, no wider and no higher than there is room', () => {
    const { steps, pass } = stepsAt();
    assert.deepEqual(steps.lasting({ kind: 'begin', step: 1, title: `RUN ${'x'.repeat(200)}` }), []);
    steps.lasting(output('a\nb\nc\nd\n'));
    pass(2000);
    const lines = steps.live({ columns: 40, rows: 10 }).map((line) => line.map(({ text }) => text).join(''));
    assert.equal(lines.length, 4);
    for (const line of lines) assert.ok(line.length < 40, line);
    assert.match(lines[0]!, /^ => RUN x+~ {2}2\.0s$/);
    assert.deepEqual(lines.slice(1), [' =>  b', ' =>  c', ' =>  d']);
    assert.equal(steps.live({ columns: 40, rows: 4 }).length, 2);
    assert.match(steps.lasting({ kind: 'end', step: 1, how: 'cached', ms: 1 })[0]!, /^ => CACHED RUN x/);
    assert.deepEqual(steps.live({ columns: 40, rows: 10 }), []);
  });
});

describe('the words of build', () => {
  async function* stdin(text: string): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(text));
  }
  const words = (path: string, file?: string, input = '') => readBuildWords({ path, file }, stdin(input));

  it('name a directory, and its Dockerfile', async () => {
    assert.deepEqual(await words('.'), { context: { kind: 'directory', path: resolve('.') } });
    assert.deepEqual(await words('x', 'y'), {
      context: { kind: 'directory', path: resolve('x') },
      dockerfile: resolve('y'),
    });
    assert.deepEqual(await words('x', '-', 'FROM a'), {
      context: { kind: 'directory', path: resolve('x') },
      dockerfile: { name: '-', text: 'FROM a' },
    });
  });

  it('take standard input for a Dockerfile or for an archive', async () => {
    assert.deepEqual(await words('-', undefined, 'FROM a'), {
      context: { kind: 'none' },
      dockerfile: { name: '-', text: 'FROM a' },
    });
    const gzip = async function* () {
      yield await Promise.resolve(Buffer.from([0x1f, 0x8b, 8, 0]));
    };
    const archive = await readBuildWords({ path: '-', file: 'sub/Dockerfile' }, gzip());
    assert.deepEqual([archive.context.kind, archive.dockerfile], ['archive', 'sub/Dockerfile']);
  });

  it('refuse what is to be fetched', async () => {
    for (const path of ['https://example.org/x.git', 'git@example.org:x', 'github.com/a/b', 'ssh://x/y'])
      await assert.rejects(words(path), refusal('NOT_SUPPORTED', /nothing is fetched/));
    await assert.rejects(words('-', '-'), refusal('INVALID_VALUE', /both/));
    await assert.rejects(words('-', 'x', 'FROM a'), refusal('INVALID_VALUE', /archive/));
  });

  it('name arguments, secrets and contexts', () => {
    assert.deepEqual(readBuildArg('A=b=c', {}), ['A', 'b=c']);
    assert.deepEqual(readBuildArg('A', { A: 'own' }), ['A', 'own']);
    assert.equal(readBuildArg('A', {}), undefined);
    assert.throws(() => readBuildArg('1=2', {}), refusal('INVALID_VALUE'));
    assert.deepEqual(readSecret('id=a,src=/f', {}), ['a', { file: '/f' }]);
    assert.deepEqual(readSecret('id=a,env=E', { E: 'v' }), ['a', { value: 'v' }]);
    assert.deepEqual(readSecret('id=E', { E: 'v' }), ['E', { value: 'v' }]);
    assert.deepEqual(readSecret('type=file,id=E,source=/g', { E: 'v' }), ['E', { file: '/g' }]);
    assert.throws(() => readSecret('src=/f', {}), refusal('INVALID_VALUE', /no id/));
    assert.throws(() => readSecret('id=a,env=NONE', {}), refusal('INVALID_VALUE', /no variable/));
    assert.throws(() => readSecret('id=a,mode=1', {}), refusal('INVALID_VALUE', /no "mode"/));
    assert.deepEqual(readNamedContext('n=/d'), ['n', '/d']);
    assert.throws(() => readNamedContext('n=docker-image://x'), refusal('INVALID_VALUE'));
  });
});

describe('where a build is given out to', () => {
  it('is said as buildx has it', () => {
    assert.deepEqual(parseOutput('out'), { type: 'local', directory: resolve('out') });
    assert.deepEqual(parseOutput('type=local,dest=/o'), { type: 'local', directory: '/o' });
    assert.deepEqual(parseOutput('-'), { type: 'tar', file: undefined });
    assert.deepEqual(parseOutput('type=tar,dest=-'), { type: 'tar', file: undefined });
    assert.deepEqual(parseOutput('type=oci,dest=a=b.tar'), { type: 'oci', file: 'a=b.tar' });
    assert.deepEqual(parseOutput('type=docker'), { type: 'docker', file: undefined });
    assert.equal(parseOutput('type=image'), undefined);
    for (const [text, why] of [
      ['', /names nothing/],
      ['type=local', /no dest=DIRECTORY/],
      ['type=image,dest=x', /goes to no path/],
      ['type=cloud,dest=x', /no type "cloud"/],
      ['dest=x', /no type ""/],
      ['type=tar,mode=fast', /no "mode"/],
    ] as const)
      assert.throws(() => parseOutput(text), refusal('INVALID_VALUE', why));
  });
});
