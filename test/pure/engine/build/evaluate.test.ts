// From a Dockerfile to steps: stages, where files come from, which variables hold where, and what each instruction leaves to be done.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evaluateStage } from '../../../../src/engine/build/evaluate.js';
import { parseDockerfile } from '../../../../src/engine/build/dockerfile/parse.js';
import { keyOfCopy, keyOfRun } from '../../../../src/engine/build/key.js';
import { platformArgs } from '../../../../src/engine/build/scope.js';
import { planStages, type StagePlan } from '../../../../src/engine/build/stages.js';
import type { CopyWork, RunWork, Step } from '../../../../src/engine/build/step.js';
import { NO_DEFAULTS, type ImageDefaults } from '../../../../src/engine/image/oci.js';
import { refusal } from '../../../support/refusal.js';

interface Given {
  readonly args?: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly config?: Partial<ImageDefaults>;
}

const PLATFORM = { os: 'linux', architecture: 'arm', variant: 'v7' };
const NO_CONTEXTS: ReadonlySet<string> = new Set();

function plan(text: string, { args = {}, target }: Given = {}): StagePlan {
  return planStages(parseDockerfile('Dockerfile', text), {
    given: new Map(Object.entries(args)),
    platform: platformArgs({ os: 'linux', architecture: 'amd64' }, PLATFORM),
    contexts: NO_CONTEXTS,
    ...(target === undefined ? {} : { target }),
  });
}

/** The steps of the stage that is wanted. */
function steps(text: string, given: Given = {}): readonly Step[] {
  const made = plan(text, given);
  const config = { ...NO_DEFAULTS, ...given.config };
  return evaluateStage(made, made.target, { config, baseName: 'base' }, NO_CONTEXTS).steps;
}

const run = (text: string, given: Given = {}): RunWork =>
  steps(text, given)
    .flatMap(({ work }) => (work.kind === 'run' ? [work] : []))
    .at(-1)!;
const copy = (text: string, given: Given = {}): CopyWork =>
  steps(text, given)
    .flatMap(({ work }) => (work.kind === 'copy' ? [work] : []))
    .at(-1)!;

describe('stages', () => {
  it('begin with an image, a stage above or nothing', () => {
    const { stages } = plan(
      'ARG V=3\nFROM a:$V AS One\nFROM one AS two\nFROM scratch\nFROM --platform=linux/$TARGETARCH 0',
    );
    assert.deepEqual(
      stages.map(({ base, name }) => [base, name]),
      [
        [{ kind: 'image', name: 'a:3' }, 'one'],
        [{ kind: 'stage', stage: 0 }, 'two'],
        [{ kind: 'scratch' }, undefined],
        [{ kind: 'image', name: '0', platform: 'linux/arm' }, undefined],
      ],
    );
  });

  it('are wanted by name or number, the last when nothing is said', () => {
    const text = 'FROM a AS one\nFROM b AS two\nFROM c';
    assert.equal(plan(text).target.index, 2);
    assert.equal(plan(text, { target: 'ONE' }).target.index, 0);
    assert.equal(plan(text, { target: '1' }).target.index, 1);
    assert.throws(() => plan(text, { target: 'tow' }), refusal('INVALID_VALUE', /no stage "tow"/));
    assert.throws(() => plan(text, { target: '7' }), refusal('INVALID_VALUE', /no stage "7"/));
  });

  it('take files from stages above, and from no others', () => {
    const from = (name: string) =>
      copy(`FROM a AS one\nFROM b AS two\nFROM c AS three\nCOPY --from=${name} x y\nFROM d AS four`, {
        target: 'three',
      }).from;
    assert.deepEqual(from('one'), { kind: 'stage', stage: 0 });
    assert.deepEqual(from('1'), { kind: 'stage', stage: 1 });
    assert.deepEqual(from('nginx:1'), { kind: 'image', name: 'nginx:1' });
    assert.throws(() => from('four'), refusal('INVALID_VALUE', /^Dockerfile:4:6: .*further down/));
    assert.throws(() => from('three'), refusal('INVALID_VALUE', /the stage that this is in/));
    assert.throws(() => from('9'), refusal('INVALID_VALUE', /no stage 9/));
    assert.throws(() => from('$X'), refusal('INVALID_VALUE', /variables are not replaced/));
  });

  it('come after the arguments, and nothing else does', () => {
    assert.throws(() => plan('RUN a\nFROM b'), refusal('INVALID_VALUE', /^Dockerfile:1:1: RUN stands before/));
    assert.throws(() => plan('ARG A'), refusal('INVALID_VALUE', /no FROM/));
    assert.throws(() => plan('FROM $NONE'), refusal('INVALID_VALUE', /^Dockerfile:1:6: .*no image/));
  });

  it('with one name are warned of, the last one is meant', () => {
    const made = plan('FROM a AS x\nFROM b AS x\nFROM x');
    assert.deepEqual(made.target.base, { kind: 'stage', stage: 1 });
    assert.deepEqual(
      made.warnings.map(({ rule }) => rule),
      ['DuplicateStageName'],
    );
  });
});

describe('variables', () => {
  const echoed = (declarations: string, given: Given = {}) => run(`${declarations}\nRUN x`, given).env;

  it('of arguments hold from where they are declared, in their stage', () => {
    assert.deepEqual(echoed('ARG G=g\nFROM a'), []);
    assert.deepEqual(echoed('ARG G=g\nFROM a\nARG G'), ['G=g']);
    assert.deepEqual(echoed('ARG G=g\nFROM a\nARG G=own'), ['G=own']);
    assert.deepEqual(echoed('ARG G=g\nFROM a\nARG G', { args: { G: 'given' } }), ['G=given']);
    assert.deepEqual(echoed('FROM a\nARG A', { args: { A: 'given', B: 'not' } }), ['A=given']);
    assert.deepEqual(echoed('FROM a\nARG A'), []);
    assert.deepEqual(echoed('FROM a\nARG A=1\nARG B=${A}2'), ['A=1', 'B=12']);
    assert.deepEqual(echoed('FROM z AS a\nARG A=1\nFROM a'), []);
  });

  it('of the platform have to be declared', () => {
    assert.deepEqual(echoed('FROM a'), []);
    assert.deepEqual(echoed('FROM a\nARG TARGETPLATFORM\nARG BUILDARCH\nARG TARGETVARIANT'), [
      'TARGETPLATFORM=linux/arm/v7',
      'BUILDARCH=amd64',
      'TARGETVARIANT=v7',
    ]);
  });

  it('of ENV win over arguments, and are known to what follows and not to their own line', () => {
    assert.deepEqual(echoed('FROM a\nARG A=arg\nENV A=env'), ['A=env']);
    assert.deepEqual(echoed('FROM a\nENV A=env\nARG A=arg'), ['A=env']);
    assert.deepEqual(echoed('FROM a\nENV A=1\nENV A=2 B=$A'), ['A=2', 'B=1']);
    assert.deepEqual(echoed('FROM a\nENV A=$INHERITED', { config: { env: ['INHERITED=i'] } }), ['INHERITED=i', 'A=i']);
  });

  it('of proxies reach RUN without being declared, and are in no key and no history', () => {
    const given = { args: { http_proxy: 'p', HTTPS_PROXY: 'q', OTHER: 'o' } };
    const work = run('FROM a\nRUN x', given);
    assert.deepEqual(work.hiddenEnv, ['http_proxy=p', 'HTTPS_PROXY=q']);
    assert.deepEqual(work.env, []);
    assert.equal(keyOfRun(undefined, work, [], 'host'), keyOfRun(undefined, run('FROM a\nRUN x'), [], 'host'));
    assert.deepEqual(run('FROM a\nARG http_proxy\nRUN x', given).env, ['http_proxy=p']);
  });

  it('that are set nowhere are warned of once they are used', () => {
    const made = plan('FROM a\nWORKDIR /$NONE\nWORKDIR /${NONE:-x}');
    const { warnings } = evaluateStage(made, made.target, { config: NO_DEFAULTS, baseName: 'a' }, NO_CONTEXTS);
    assert.deepEqual(
      warnings.map(({ rule, position }) => [rule, position]),
      [['UndefinedVar', { line: 2, column: 9 }]],
    );
  });

  it('that are wrong are told with their place', () => {
    assert.throws(() => steps('FROM a\nWORKDIR /x/${a&b}'), refusal('INVALID_VALUE', /^Dockerfile:2:15: /));
    assert.throws(
      () => steps('FROM a\nENV A="${B:?is needed}"'),
      refusal('INVALID_VALUE', /^Dockerfile:2:\d+: B: is needed/),
    );
    assert.throws(() => steps('FROM a\nARG P=70000\nEXPOSE $P'), refusal('INVALID_VALUE', /^Dockerfile:3:8: .*70000/));
  });
});

describe('RUN', () => {
  it('in shell form has the shell of the image or of SHELL', () => {
    assert.deepEqual(run('FROM a\nRUN b c').argv, ['/bin/sh', '-c', 'b c']);
    assert.deepEqual(run('FROM a\nSHELL ["/bin/bash", "-ec"]\nRUN b').argv, ['/bin/bash', '-ec', 'b']);
    assert.deepEqual(run('FROM a\nRUN b', { config: { shell: ['/x'] } }).argv, ['/x', 'b']);
    assert.deepEqual(run('FROM a\nRUN ["b", "$c"]').argv, ['b', '$c']);
  });

  it('with here documents is a script, or hands them to the shell', () => {
    assert.deepEqual(run('FROM a\nRUN <<E\nb\nc $d\nE').argv, ['/bin/sh', '-c', 'b\nc $d\n']);
    assert.deepEqual(run('FROM a\nRUN <<-E\n\tb\nE').argv, ['/bin/sh', '-c', 'b\n']);
    assert.deepEqual(run('FROM a\nRUN cat <<E > /f\nb\nE').argv, ['/bin/sh', '-c', 'cat <<E > /f\nb\nE']);
    const { argv, script } = run('FROM a\nRUN <<E\n#!/usr/bin/python3\nprint()\nE');
    assert.deepEqual(argv, ['/dev/pipes/E']);
    assert.deepEqual(script, { path: '/dev/pipes/E', content: '#!/usr/bin/python3\nprint()\n' });
  });

  it('has the directory and the user that were set', () => {
    const { workingDir, user } = run('FROM a\nWORKDIR /b\nWORKDIR c\nUSER d:e\nRUN f');
    assert.deepEqual([workingDir, user], ['/b/c', 'd:e']);
  });

  it('has its mounts with their variables replaced, relative to the directory', () => {
    const [mount] = run('FROM a\nARG D=x\nWORKDIR /w\nRUN --mount=type=cache,target=$D/y,id=$D b').mounts;
    assert.deepEqual([mount!.target, mount!.id], ['/w/x/y', 'x']);
  });
});

describe('COPY', () => {
  it('goes to a path or into a directory', () => {
    const target = (text: string) => copy(`FROM a\nWORKDIR /w\nCOPY ${text}`).target;
    assert.equal(target('a b'), '/w/b');
    assert.equal(target('a b/'), '/w/b/');
    assert.equal(target('a .'), '/w/');
    assert.equal(target('a ./'), '/w/');
    assert.equal(target('a /'), '/');
    assert.equal(target('a ../x/..'), '/');
    assert.throws(() => target('a b c'), refusal('INVALID_VALUE', /^Dockerfile:3:10: .*"c"/));
  });

  it('has its words replaced, and here documents unless their word is quoted', () => {
    const work = copy('FROM a\nENV X=y\nCOPY --chown=$X <<E <<"F" z/$X/ /d/\n$X "q"\nE\n$X\nF');
    assert.deepEqual(work.sources, ['z/y/']);
    assert.equal(work.chown, 'y');
    assert.deepEqual(work.inline, [
      { path: 'E', content: 'y "q"\n' },
      { path: 'F', content: '$X\n' },
    ]);
  });

  it('takes addresses apart from files in ADD, and only there', () => {
    const add = copy('FROM a\nADD http://x/y z /d/');
    assert.deepEqual([add.urls, add.sources, add.unpack], [['http://x/y'], ['z'], 'local']);
    const copied = copy('FROM a\nCOPY http://x/y /d/');
    assert.deepEqual([copied.urls, copied.sources, copied.unpack], [[], ['http://x/y'], 'none']);
  });

  it('has modes and checksums that can be', () => {
    assert.equal(copy('FROM a\nCOPY --chmod=0755 b c').chmod, 0o755);
    assert.throws(() => copy('FROM a\nCOPY --chmod=u+x b c'), refusal('INVALID_VALUE', /^Dockerfile:2:6: .*"u\+x"/));
    assert.throws(() => copy('FROM a\nADD --checksum=md5:1 http://x/b c'), refusal('INVALID_VALUE', /md5/));
  });
});

describe('what ONBUILD has put off', () => {
  it('comes first, and its faults are told as those of the image', () => {
    const config = { onBuild: ['ENV A=1', 'RUN first'] };
    const made = steps('FROM base\nRUN second', { config });
    assert.deepEqual(
      made.map(({ instruction, source }) => [instruction.text, source.name]),
      [
        ['ENV A=1', 'ONBUILD of base'],
        ['RUN first', 'ONBUILD of base'],
        ['RUN second', 'Dockerfile'],
      ],
    );
    assert.deepEqual(made.at(-1)!.config.onBuild, []);
    assert.throws(
      () => steps('FROM base', { config: { onBuild: ['RNU x'] } }),
      refusal('INVALID_VALUE', /^ONBUILD of base:1:1: /),
    );
  });
});

describe('the key of a step', () => {
  const parent = `sha256:${'1'.repeat(64)}` as const;

  it('differs with what it is done upon, with and by', () => {
    const keys = [
      keyOfRun(parent, run('FROM a\nRUN b'), [], 'host'),
      keyOfRun(undefined, run('FROM a\nRUN b'), [], 'host'),
      keyOfRun(parent, run('FROM a\nRUN c'), [], 'host'),
      keyOfRun(parent, run('FROM a\nRUN b'), [], 'none'),
      keyOfRun(parent, run('FROM a\nENV X=1\nRUN b'), [], 'host'),
      keyOfRun(parent, run('FROM a\nARG X=2\nRUN b'), [], 'host'),
      keyOfRun(parent, run('FROM a\nUSER x\nRUN b'), [], 'host'),
      keyOfRun(parent, run('FROM a\nWORKDIR /x\nRUN b'), [], 'host'),
      keyOfRun(parent, run('FROM a\nRUN --mount=target=/x b'), ['1'], 'host'),
      keyOfRun(parent, run('FROM a\nRUN --mount=target=/x b'), ['2'], 'host'),
      keyOfCopy(parent, copy('FROM a\nCOPY b c'), ['1']),
      keyOfCopy(parent, copy('FROM a\nCOPY b c'), ['2']),
      keyOfCopy(parent, copy('FROM a\nCOPY --chown=1 b c'), ['1']),
      keyOfCopy(parent, copy('FROM z AS s\nFROM a\nCOPY --from=s b c'), ['1']),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });

  it('does not with what the image only says', () => {
    const plain = run('FROM a\nRUN b');
    assert.equal(
      keyOfRun(parent, run('FROM a\nLABEL x=1\nEXPOSE 80\nCMD ["x"]\n\n# more\nRUN b'), [], 'host'),
      keyOfRun(parent, plain, [], 'host'),
    );
  });
});

it('the history is written as Docker writes it', () => {
  const lines = steps(`FROM a
ARG A=1
ENV E=$A
RUN b
COPY --from=x --chown=1 c d /e/
WORKDIR /w
USER u
EXPOSE 80
VOLUME /v /w
CMD x y
ENTRYPOINT ["p", "q r"]
SHELL ["/bin/bash", "-c"]
MAINTAINER Ada`).map(({ createdBy }) => createdBy);
  assert.deepEqual(lines, [
    'ARG A=1',
    'ENV E=1',
    'RUN |1 A=1 /bin/sh -c b # buildkit',
    'COPY --from=x --chown=1 c d /e/ # buildkit',
    'WORKDIR /w',
    'USER u',
    'EXPOSE [80/tcp]',
    'VOLUME [/v /w]',
    'CMD ["/bin/sh" "-c" "x y"]',
    'ENTRYPOINT ["p" "q r"]',
    'SHELL [/bin/bash -c]',
    'MAINTAINER Ada',
  ]);
});
