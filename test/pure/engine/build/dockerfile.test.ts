// The grammar of Dockerfiles: what instructions mean, and what is said of those that mean nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Instruction } from '../../../../src/engine/build/dockerfile/instruction.js';
import { parseDockerfile } from '../../../../src/engine/build/dockerfile/parse.js';
import { BuildError } from '../../../../src/engine/build/dockerfile/position.js';
import { isTscontainError } from '../../../../src/engine/errors.js';

const parse = (text: string) => parseDockerfile('Dockerfile', text);
const one = (text: string): Instruction => {
  const [, instruction, ...others] = parse(`FROM base\n${text}`).instructions;
  assert.ok(instruction !== undefined && others.length === 0, text);
  return instruction;
};
const rules = (text: string): string[] => parse(text).warnings.map(({ rule }) => rule);

function fault(text: string): BuildError {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof BuildError, String(error));
    assert.doesNotMatch(error.message, /\n|undefined|NaN|\[object/);
    return error;
  }
  assert.fail(`this was taken: ${text}`);
}

describe('lines', () => {
  it('go on where they end in the escape character, with comments between them left out', () => {
    const run = one('RUN one \\\n# not this\n  && two \\  \n\t# nor this\n && three');
    assert.ok(run.keyword === 'RUN' && run.command.form === 'shell');
    assert.equal(run.command.text, 'one   && two  && three');
  });

  it('take the escape character that the directive names', () => {
    const [, run] = parse('# escape=`\nFROM base\nRUN one `\n two\\').instructions;
    assert.ok(run?.keyword === 'RUN' && run.command.form === 'shell');
    assert.equal(run.command.text, 'one  two\\');
  });

  it('end although an escaped escape character stands last', () => {
    assert.equal(parse('FROM base\nRUN echo \\\\\nRUN b').instructions.length, 3);
  });

  it('may end in CR LF, and the file may begin with a byte order mark', () => {
    const { instructions } = parse('\ufeffFROM base\r\nRUN a \\\r\n b\r\n');
    assert.deepEqual(
      instructions.map(({ text }) => text),
      ['FROM base', 'RUN a  b'],
    );
  });

  it('that are empty in the middle of an instruction are warned of', () => {
    assert.deepEqual(rules('FROM base\nRUN a \\\n\n b'), ['NoEmptyContinuation']);
  });
});

describe('parser directives', () => {
  it('stand at the top: below a comment they are one', () => {
    assert.equal(parse('# a comment\n# escape=`\nFROM base').escape, '\\');
  });

  it('name a syntax that is not fetched, and say so', () => {
    const { warnings } = parse('# syntax=docker/dockerfile:1\nFROM base');
    assert.match(warnings[0]!.message, /docker\/dockerfile:1.*not fetched/);
  });

  it('choose warnings', () => {
    const text = 'FROM base\nMAINTAINER ada';
    assert.deepEqual(rules(text), ['MaintainerDeprecated']);
    assert.deepEqual(rules(`# check=skip=MaintainerDeprecated\n${text}`), []);
    assert.deepEqual(rules(`# check=skip=all\n${text}`), []);
    assert.match(fault(`# check=error=true\n${text}`).message, /^Dockerfile:3:1: /);
  });

  it('cannot be anything', () => {
    assert.match(fault('# escape=x\nFROM base').message, /^Dockerfile:1:1: .*"x"/);
    assert.match(fault('# escape=`\n# escape=`\nFROM base').message, /^Dockerfile:2:1: .*second time/);
    assert.match(fault('# check=nothing=1\nFROM base').message, /^Dockerfile:1:1: /);
  });
});

describe('here documents', () => {
  it('of RUN: one, several, quoted, without their tabs', () => {
    const run = one('RUN <<A cat - <<-"B" >x\none\nA\n\ttwo $X\n\tB');
    assert.ok(run.keyword === 'RUN');
    assert.deepEqual(
      run.hereDocuments.map(({ name, content, raw, expands }) => [name, content, raw, expands]),
      [
        ['A', 'one\n', 'one\n', true],
        ['B', 'two $X\n', '\ttwo $X\n', false],
      ],
    );
  });

  it('of COPY are files with the name of their word', () => {
    const copy = one("COPY a.txt <<b.txt <<'c.txt' /dir/\nB\nb.txt\nC\nc.txt");
    assert.ok(copy.keyword === 'COPY');
    assert.deepEqual(
      copy.sources.map(({ text }) => text),
      ['a.txt'],
    );
    assert.deepEqual(
      copy.inline.map(({ path, document }) => [path, document.content, document.expands]),
      [
        ['b.txt', 'B\n', true],
        ['c.txt', 'C\n', false],
      ],
    );
  });

  it('are none in JSON, in an arithmetic shift, as a here string, or with a blank before their word', () => {
    for (const text of ['RUN ["cat", "<<EOF"]', 'RUN echo $((1<<2))', 'RUN cat <<< word', 'RUN cat << EOF']) {
      const run = one(text);
      assert.ok(run.keyword === 'RUN' && run.hereDocuments.length === 0, text);
    }
  });

  it('hold what would be instructions and comments elsewhere', () => {
    const { instructions } = parse('FROM base\nRUN <<EOF\n# kept\nFROM nothing\nEOF\nRUN b');
    assert.equal(instructions.length, 3);
  });

  it('have an end', () => {
    const error = fault('FROM base\nRUN cat <<EOF\nno end');
    assert.match(error.message, /^Dockerfile:2:9: .*no end.*"EOF"/);
    assert.match(error.excerpt, /2 \| RUN cat <<EOF\n {2}\| {9}\^{5}$/);
  });
});

describe('forms', () => {
  it('exec form is a list in JSON, anything else is for the shell', () => {
    const exec = one('RUN ["a", "b c"]');
    assert.deepEqual(exec.keyword === 'RUN' && exec.command, { form: 'exec', words: ['a', 'b c'] });
    const shell = one('RUN [ -f x ]');
    assert.deepEqual(shell.keyword === 'RUN' && shell.command, { form: 'shell', text: '[ -f x ]' });
    assert.deepEqual(rules("FROM base\nRUN ['a', 'b']"), ['InvalidJSONForm']);
    assert.match(fault('FROM base\nRUN ["a", 1]').message, /^Dockerfile:2:5: .*list of strings/);
    assert.match(fault('FROM base\nRUN []').message, /empty/);
  });

  it('CMD in shell form is warned of, in exec form not', () => {
    assert.deepEqual(rules('FROM base\nCMD a'), ['JSONArgsRecommended']);
    assert.deepEqual(rules('FROM base\nCMD ["a"]'), []);
  });

  it('paths with blanks stand in JSON', () => {
    const copy = one('COPY ["a b", "c d/"]');
    assert.ok(copy.keyword === 'COPY');
    assert.deepEqual([copy.sources[0]!.text, copy.target.text], ['a b', 'c d/']);
  });

  it('ONBUILD keeps its instruction, here documents too', () => {
    const plain = one('ONBUILD RUN make');
    assert.deepEqual(plain.keyword === 'ONBUILD' && plain.rest.text, 'RUN make');
    const here = one('ONBUILD RUN <<EOF\nmake\nEOF');
    assert.deepEqual(here.keyword === 'ONBUILD' && here.rest.text, 'RUN <<EOF\nmake\nEOF');
    assert.match(fault('FROM base\nONBUILD ONBUILD RUN x').message, /^Dockerfile:2:9: .*ONBUILD/);
    assert.match(fault('FROM base\nONBUILD FROM x').message, /FROM/);
    assert.match(fault('FROM base\nONBUILD COPY one').message, /^Dockerfile:2:9: /);
  });
});

describe('flags', () => {
  it('of mounts, in Docker’s words and with its defaults', () => {
    const mounts = (text: string) => {
      const run = one(`RUN --mount=${text} x`);
      assert.ok(run.keyword === 'RUN');
      const { position: _position, ...mount } = run.mounts[0]!;
      return mount;
    };
    const rest = { sharing: 'shared', uid: 0, gid: 0, required: false };
    assert.deepEqual(mounts('target=/a'), { type: 'bind', target: '/a', readOnly: true, ...rest });
    assert.deepEqual(mounts('type=bind,from=s,source=/b,dst=/a,rw'), {
      type: 'bind',
      target: '/a',
      source: '/b',
      from: 's',
      readOnly: false,
      ...rest,
    });
    assert.deepEqual(mounts('type=cache,id=i,target=/a,sharing=locked,mode=0700,uid=1,gid=2'), {
      type: 'cache',
      target: '/a',
      id: 'i',
      readOnly: false,
      ...rest,
      sharing: 'locked',
      mode: 0o700,
      uid: 1,
      gid: 2,
    });
    assert.deepEqual(mounts('type=tmpfs,target=/a,size=1m'), {
      type: 'tmpfs',
      target: '/a',
      readOnly: false,
      sizeBytes: 1024 * 1024,
      ...rest,
    });
    assert.deepEqual(mounts('type=secret,id=t,required,env=TOKEN'), {
      type: 'secret',
      id: 't',
      env: 'TOKEN',
      readOnly: false,
      ...rest,
      required: true,
    });
  });

  it('that are refused say why and what to do', () => {
    const cases: readonly (readonly [text: string, words: RegExp, hint: RegExp])[] = [
      ['RUN --mount=type=ssh x', /2:5: .*ssh is not supported/, /secret/],
      ['RUN --security=insecure x', /2:5: .*security is not supported/, /privileged/],
      ['ADD --keep-git-dir=true a b', /2:5: .*keep-git-dir is not supported/, /clone/],
      ['ADD https://example.org/a.git b', /2:5: .*git/, /clone/],
      ['ADD git@example.org:a b', /2:5: .*git/, /clone/],
      ['RUN --mout=target=/a x', /2:5: .*no flag "--mout"/, /did you mean --mount/],
      ['COPY --form=a b c', /no flag "--form"/, /did you mean --from/],
      ['RUN --mount=type=disk,target=/a x', /no mount of type "disk"/, /bind, cache/],
      ['RUN --mount=type=cache,traget=/a x', /no option "traget"/, /did you mean target/],
      ['RUN --mount=type=tmpfs,target=/a,from=b x', /type tmpfs has no option from/, /target, size/],
      ['RUN --mount=type=cache x', /needs a target/, /./],
      ['RUN --mount=type=cache,target=/a,sharing=all x', /sharing.*"all"/, /locked/],
      ['RUN --mount=type=secret,id=a,mode=9 x', /mode.*"9"/, /octal/],
      ['RUN --network=some x', /network.*"some"/, /none/],
      ['COPY --from=a --from=b c d', /--from stands here twice/, /./],
      ['COPY --chown a b', /--chown needs a value/, /./],
      ['COPY --link=maybe a b', /--link is true or false/, /./],
      ['CMD --x y', /CMD has no flag/, /no flags/],
    ];
    for (const [text, words, hint] of cases) {
      const error = fault(`FROM base\n${text}`);
      assert.match(error.message, words, text);
      if (hint.source !== '.') assert.match(error.hint ?? '', hint, text);
    }
  });
});

describe('what is wrong is told with its place', () => {
  it('a caret stands below it', () => {
    const error = fault('FROM base\n\n\nRNU make');
    assert.equal(error.message, 'Dockerfile:4:1: there is no instruction "RNU"');
    assert.equal(error.hint, 'did you mean RUN?');
    assert.equal(error.excerpt, '2 |\n3 |\n4 | RNU make\n  | ^^^');
  });

  it('in a line that goes on, at the line where it stands', () => {
    assert.match(fault('FROM base\nRUN --mount=target=/a \\\n    --netwrok=none x').message, /^Dockerfile:3:5: /);
  });

  it('escape sequences in it reach nobody', () => {
    const error = fault('FROM base\n\u001b]0;title\u0007 x');
    assert.doesNotMatch(error.message + error.excerpt, /[\u0000-\u0009\u000b-\u001f]/);
  });

  it('faults of many kinds', () => {
    const cases: readonly (readonly [text: string, words: RegExp])[] = [
      ['', /no instructions/],
      ['# only a comment', /no instructions/],
      ['FROM base\nCOPY a', /2:1: COPY needs a source and a target/],
      ['FROM base\nRUN', /2:1: RUN stands here alone/],
      ['FROM base AS', /1:11: /],
      ['FROM base as 1x', /1:14: .*"1x"/],
      ['FROM a b c', /1:8: /],
      ['FROM base\nENV a', /2:5: /],
      ['FROM base\nENV a=1 b', /2:5: /],
      ['FROM base\nEXPOSE 70000', /2:8: .*70000/],
      ['FROM base\nSTOPSIGNAL SIGNOTHING', /2:12: /],
      ['FROM base\nHEALTHCHECK --interval=1x CMD a', /2:13: /],
      ['FROM base\nSHELL /bin/sh', /2:7: /],
      ['FROM base\nARG 1a', /2:5: .*"1a"/],
      ['FROM base\nCOPY a <<EOF\nx\nEOF', /2:8: /],
    ];
    for (const [text, words] of cases) assert.match(fault(text).message, words, text);
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    'FROM',
    'RUN',
    'COPY',
    'ENV',
    'ARG',
    'base',
    'AS',
    'a=b',
    '--mount=type=cache,target=/x',
    '--from=a',
    '<<EOF',
    'EOF',
    '\\\n',
    '\n',
    '"',
    "'",
    '$',
    '${a',
    '}',
    '[',
    ']',
    '["a"]',
    '#',
    '`',
    '\t',
    '\u001b',
    'ONBUILD',
    'HEALTHCHECK',
    'CMD',
  );

  it('is either read or refused with a place in it', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const text = `FROM base\n${words.join(' ')}`;
        try {
          for (const { position } of parse(text).instructions) {
            assert.ok(position.line >= 1 && position.line <= text.split('\n').length);
            assert.ok(position.column >= 1 && position.column <= text.split('\n')[position.line - 1]!.length);
          }
        } catch (error) {
          assert.ok(isTscontainError(error), String(error));
          const [, line, column] = /^Dockerfile:(\d+):(\d+): /.exec(error.message) ?? [];
          if (line === undefined) return;
          assert.ok(Number(line) <= text.split('\n').length);
          assert.ok(Number(column) <= text.split('\n')[Number(line) - 1]!.length + 1, error.message);
        }
      }),
      { numRuns: 500 },
    );
  });
});
