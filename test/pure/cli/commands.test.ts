import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { commands } from '../../../src/cli/commands/index.js';
import { bashCompletion, fishCompletion, zshCompletion } from '../../../src/cli/completion.js';
import { pages } from '../../../src/cli/manual.js';
import { parse } from '../../../src/cli/parser.js';

const choose = (...words: string[]) => {
  const parsed = parse(commands, words, '0.0.0');
  assert.ok('chosen' in parsed, `"${words.join(' ')}" is understood`);
  return {
    name: parsed.chosen.command.name,
    args: parsed.chosen.args,
    values: parsed.chosen.values,
    root: parsed.root,
  };
};

describe('the command line', () => {
  it("has docker's words", () => {
    const names = commands.map((command) => command.name);
    const words =
      'run create start stop kill restart pause unpause rm ps logs exec attach inspect top stats update rename cp diff wait events prune info doctor version';
    for (const word of words.split(' ')) assert.ok(names.includes(word), word);
  });

  it('leaves the options of the command in the container alone', () => {
    const { args, values } = choose('run', '--rm', '-it', '-m', '64m', 'base', 'sh', '-c', 'echo --rm');
    assert.deepEqual(args, ['base', 'sh', '-c', 'echo --rm']);
    assert.deepEqual([values['rm'], values['interactive'], values['tty'], values['memory']], [true, true, true, '64m']);
  });

  it('gathers options that may be repeated', () => {
    const { values } = choose('run', '-e', 'A=1', '--env', 'B=2', 'base');
    assert.deepEqual(values['env'], ['A=1', 'B=2']);
  });

  it('says flags aloud as docker does, and only those of its own', () => {
    const pause = (...words: string[]) => choose('commit', ...words, 'web').values['pause'];
    assert.deepEqual([pause(), pause('-p'), pause('--pause=true')], [undefined, true, true]);
    assert.deepEqual([pause('--no-pause'), pause('--pause=false')], [false, false]);
    assert.equal(choose('prune', '--force=false').values['force'], undefined);
    assert.deepEqual(choose('commit', '-c', 'ENV A=--pause=false', 'web').values['change'], ['ENV A=--pause=false']);
    assert.deepEqual(choose('run', 'base', 'x', '--rm=true').args, ['base', 'x', '--rm=true']);
  });

  it('takes --root before the command', () => {
    assert.equal(choose('--root', '/tmp/x', 'ps').root, '/tmp/x');
  });

  it('knows commands of two words and aliases', () => {
    assert.equal(choose('image', 'ls').name, 'image ls');
    assert.equal(choose('ls', '-a').name, 'ps');
  });

  it('has a page of the manual for every command, in both forms', () => {
    const files = pages(commands, '0.0.0').map(({ file }) => file);
    for (const { name } of commands) {
      const page = `tscontain-${name.replace(' ', '-')}`;
      assert.ok(files.includes(`docs/commands/${page}.md`), page);
      assert.ok(files.includes(`docs/man/${page}.1`), page);
    }
  });

  const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
  for (const [shell, make] of Object.entries(shells)) {
    const there = spawnSync(shell, ['--version']).status === 0;
    it(`gives ${shell} a completion that it can read`, { skip: there ? false : `${shell} is not installed` }, () => {
      const folder = mkdtempSync(join(tmpdir(), 'tscontain-completion-'));
      const file = join(folder, 'completion');
      writeFileSync(file, make(commands));
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
      rmSync(folder, { recursive: true });
      assert.equal(status, 0, stderr);
      assert.equal(stderr, '');
    });
  }

  it(
    'completes commands, options and their values in bash',
    { skip: process.platform === 'linux' ? false : 'needs bash' },
    () => {
      const complete = (line: string) => {
        const words = line.split(' ');
        const script = `${bashCompletion(commands)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _tscontain; printf '%s\\n' "\${COMPREPLY[@]}"`;
        return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim().split('\n');
      };
      assert.deepEqual(complete('tscontain unp'), ['unpause']);
      assert.ok(complete('tscontain run --mem').includes('--memory-swap'));
      assert.ok(complete('tscontain run --restart on').includes('on-failure'));
      assert.deepEqual(complete('tscontain image im'), ['import']);
      assert.deepEqual(complete('tscontain kill -s US'), ['USR1', 'USR2']);
    },
  );
});
