// The plain text mode: commands as words, containers as sentences, what happens announced politely; nothing on it but letters.
import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Announcer } from '../../../src/tui/plain/announcer.js';
import { COMMANDS, parseCommand } from '../../../src/tui/plain/commands.js';
import { bytesWords, timeWords } from '../../../src/tui/plain/sentences.js';
import { PlainSession, runPlain } from '../../../src/tui/plain/session.js';
import { demoWorld } from '../../support/demo-world.js';

class Lines extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve));
};

async function session(readOnly = false) {
  const world = demoWorld();
  const output = new Lines();
  const plain = new PlainSession(
    world.engine,
    world.sampler,
    {
      input: new PassThrough(),
      output,
      clock: world.clock,
      readOnly,
    },
    world.images,
  );
  await plain.start();
  world.sampler.sample();
  const ask = async (line: string): Promise<string> => {
    output.text = '';
    await plain.line(line);
    return output.text;
  };
  return { world, output, plain, ask };
}

describe('a command of the plain mode', () => {
  it('is a word, or the beginning of one, and what it needs', () => {
    assert.deepEqual(parseCommand('logs web 20'), { word: 'logs', name: 'web', lines: 20 });
    assert.deepEqual(parseCommand('  LIST  run '), { word: 'list', text: 'run' });
    assert.deepEqual(parseCommand('rem web'), { word: 'remove', name: 'web' });
    assert.equal(parseCommand('   '), undefined);
    for (const [line, problem] of [
      ['dance', /no command “dance”/],
      ['st web', /no command “st”/],
      ['stop', /needs the name of a container: stop NAME/],
      ['stop web now', /“now” is too much/],
      ['logs web many', /“many” is no number of lines/],
      ['show "web', /is not closed/],
    ] as const) {
      const parsed = parseCommand(line);
      assert.match(parsed !== undefined && 'problem' in parsed ? parsed.problem : '', problem, line);
    }
  });

  it('stands whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (line) => parseCommand(line) === undefined || typeof parseCommand(line) === 'object',
      ),
    );
  });
});

describe('sentences', () => {
  it('say units in words', () => {
    assert.deepEqual([timeWords(61_000), timeWords(2 * 86_400_000), timeWords(0)], ['1 minute', '2 days', '0 seconds']);
    assert.deepEqual(
      [bytesWords(61 * 1024 ** 2), bytesWords(0), bytesWords(undefined)],
      ['61 mebibytes', '0 bytes', 'not measured'],
    );
  });

  it('list containers by name, a line each', async () => {
    const { ask, plain } = await session();
    const lines = (await ask('list')).trim().split('\n');
    assert.deepEqual(
      lines.map((line) => line.split(':')[0]),
      ['backup', 'ci-runner', 'db', 'import', 'migrate', 'reports', 'web'],
    );
    assert.match(lines[6]!, /^web: running for 2 days, \d\.\d\d cores, \d+ mebibytes/);
    assert.match(lines[3]!, /^import: OOM-killed at 512M, 14m ago, restarts 3\.$/);
    assert.match(await ask('list nothing-like-it'), /^No container has nothing-like-it\.$/m);
    assert.ok(
      lines.every((line) => line.length < 120),
      'short',
    );
    plain.close();
  });

  it('show one, its logs, its processes, the machine, and who suffers', async () => {
    const { ask, plain } = await session();
    assert.match(
      await ask('show web'),
      /^web: running.*\nImage: nginx:1\.27\.\nRuns: .*\nProject: shop\.\nCPU: .*limit 1 cores\.$/m,
    );
    assert.match(await ask('logs web 2'), /^\[warn\] upstream|^10\.0\.3/);
    assert.equal((await ask('logs web 3')).trim().split('\n').length, 3);
    assert.match(await ask('processes web'), /process \d+, \d+ mebibytes\.$/m);
    assert.match(await ask('host'), /^Memory: .* of .*bytes\.$/m);
    assert.match(await ask('suffering'), /web waits|Nobody suffers/);
    assert.equal((await ask('help')).trim().split('\n').length, Object.keys(COMMANDS).length);
    assert.match(await ask('show nobody'), /^There is no container nobody/);
    plain.close();
  });
});

describe('what is done', () => {
  it('is done by a word, and what cannot be taken back by a yes after it', async () => {
    const { world, ask, plain } = await session();
    await ask('pause web');
    assert.match(await ask('kill db'), /Type yes to kill db; anything else leaves it as it is\./);
    assert.match(await ask('no'), /Nothing was done: kill db was not confirmed/);
    await ask('remove migrate');
    assert.match(await ask('yes'), /Done: remove migrate\./);
    assert.deepEqual(world.engine.calls, ['pause web', 'remove migrate']);
    assert.match(await ask('yes'), /no command “yes”/);
    assert.match(await ask('unpause db'), /^Cannot unpause db/);
    plain.close();
  });

  it('is nothing where it is read only', async () => {
    const { world, ask, plain } = await session(true);
    for (const line of ['pause web', 'stop web', 'restart web', 'kill web', 'yes', 'remove web', 'yes'])
      await ask(line);
    assert.deepEqual(world.engine.calls, []);
    assert.match(await ask('stop web'), /read only/);
    plain.close();
  });
});

describe('announcements', () => {
  const gathered = () => {
    const said: string[] = [];
    const due: (() => void)[] = [];
    const announcer = new Announcer({ say: (line) => said.push(line), after: (_ms, then) => due.push(then) });
    return {
      said,
      announcer,
      pass: () => {
        for (const then of due.splice(0)) then();
      },
      due,
    };
  };

  it('are gathered, said once each, and of many only a few', () => {
    const { said, announcer, pass, due } = gathered();
    announcer.announce('web started.');
    announcer.announce('web started.');
    announcer.announce('db ended.');
    assert.equal(said.length, 0);
    pass();
    assert.deepEqual(said.splice(0), ['web started. (2 times)', 'db ended.']);
    for (let i = 0; i < 500; i++) announcer.announce(`container ${i} ended.`);
    assert.equal(due.length, 1, 'one timer for all');
    pass();
    assert.equal(said.length, 5);
    assert.equal(said.at(-1), 'And 496 more: type events to hear them.');
    announcer.announce('later.');
    assert.equal(said.splice(0).length, 5, 'after a storm it rests');
    pass();
    pass();
    assert.deepEqual(said, ['later.']);
  });

  it('are not made, nor kept, while it is quiet', () => {
    const { said, announcer, pass } = gathered();
    announcer.isOn = false;
    announcer.announce('web started.');
    announcer.isOn = true;
    pass();
    assert.deepEqual(said, []);
  });

  it('reach nobody as an escape sequence', async () => {
    const { output, plain } = await session();
    plain.announce('evil \x1b]52;c;AAAA\x07\x1b[2Jname started.');
    plain.close();
    assert.match(output.text, /evil name started\.\n$/);
    assert.doesNotMatch(output.text, /\p{Cc}(?<!\n)/u);
  });
});

describe('a run of it', () => {
  it('reads lines to the end of its input and leaves', async () => {
    const world = demoWorld();
    const [input, output] = [new PassThrough(), new Lines()];
    const running = runPlain({
      open: () => Promise.resolve({ engine: world.engine, sampler: world.sampler }),
      input,
      output,
      clock: world.clock,
    });
    input.end('list db\nquit\nlist web\n');
    await running;
    await settle();
    assert.match(output.text, /^7 containers, 5 running\. Type help and Enter to hear the commands\.\ndb: running/);
    assert.doesNotMatch(output.text, /web:/, 'nothing after quit');
  });
});
