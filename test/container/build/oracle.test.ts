// Settings beside buildah's: the same Dockerfiles, and what the images of both say of themselves. Where Docker and buildah differ, we
// are on Docker's side, and the test is in test/pure/engine/build.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildIn, contextIn } from '../../support/builds.js';
import { EngineHouse } from '../../support/engine-house.js';

const hasBuildah = spawnSync('sh', ['-c', 'command -v buildah']).status === 0;

interface Said {
  readonly env: readonly string[];
  readonly cmd: readonly string[];
  readonly entrypoint: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly user: string;
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
  readonly stopSignal: string;
}

const CASES: readonly (readonly [what: string, lines: string])[] = [
  ['words and quotes of ENV', `ENV A=1 B="two words" C='$A' D=with\\ blank E="quoted \\"inside\\"" F="$A" G=\${A}x`],
  ['ENV of old', 'ENV A some words  and   blanks\nENV B "quoted words"'],
  ['values with equals signs and hashes', 'ENV A=b=c B=#no-comment C="a#b"'],
  ['substitution', 'ENV A=one\nENV B=${A:-no} C=${NONE:-yes} D=${A:+set} E=${NONE:+set} F=$NONE.end G=\\$A'],
  ['variables of their own line', 'ENV A=1\nENV A=2 B=$A'],
  ['labels', 'LABEL a=1 "b c"="d e" f="g\\\n h"\nLABEL a=2'],
  ['lines that go on, comments between them', 'ENV A=1 \\\n  # a comment\n  B=2 \\\n\n  C=3'],
  ['commands in both forms', 'CMD echo "$HOME" && true\nENTRYPOINT ["/bin/a", "b c"]'],
  ['an entrypoint after the command', 'CMD ["a"]\nENTRYPOINT ["b"]\nCMD ["c", "d"]'],
  ['JSON that is none', "CMD ['a', 'b']"],
  ['directories', 'WORKDIR /a\nWORKDIR b/c\nWORKDIR ../d\nENV E=/x\nWORKDIR $E/y'],
  ['ports and volumes', 'ARG P=90\nEXPOSE 80 443/tcp 53/udp $P\nVOLUME /v /w\nVOLUME ["/y", "/z"]'],
  ['users and signals', 'ENV U=app\nUSER $U:group\nSTOPSIGNAL SIGQUIT'],
  ['arguments', 'ARG A=arg\nARG B=${A}2\nENV C=$A D=$B\nENV A=env\nENV E=$A'],
  ['lower case', 'env a=1\nlabel b=2\ncmd ["x"]'],
];

describe('settings, beside buildah', { skip: hasBuildah ? false : 'buildah is not installed' }, () => {
  let house: EngineHouse;
  before(async () => (house = await EngineHouse.open()));
  after(() => house.close());

  for (const [what, lines] of CASES) {
    it(what, async () => {
      const at = contextIn(house.root, { Dockerfile: `FROM scratch\n${lines}\n` });
      assert.deepEqual(await ours(house, at), theirs(house, at));
    });
  }
});

async function ours(house: EngineHouse, at: string): Promise<Said> {
  const { id } = await buildIn(house.engine, at);
  const { config } = await house.engine.images.get(id);
  return {
    env: config.env.filter((entry) => !entry.startsWith('PATH=')),
    cmd: config.cmd,
    entrypoint: config.entrypoint,
    labels: config.labels,
    workingDir: config.workingDir,
    user: config.user,
    volumes: [...config.volumes].sort(),
    ports: [...config.exposedPorts].sort(),
    stopSignal: config.stopSignal ?? '',
  };
}

interface BuildahConfig {
  readonly Env?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly Volumes?: Readonly<Record<string, unknown>>;
  readonly ExposedPorts?: Readonly<Record<string, unknown>>;
  readonly StopSignal?: string;
}

function theirs(house: EngineHouse, at: string): Said {
  const storage = [
    '--root',
    join(house.root, 'buildah'),
    '--runroot',
    join(house.root, 'buildah-run'),
    '--storage-driver',
    'vfs',
  ];
  const run = (...words: string[]) =>
    execFileSync('buildah', [...storage, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const id = run('bud', '-q', '--format', 'docker', at).trim();
  const { Docker } = JSON.parse(run('inspect', '--type', 'image', id)) as { Docker: { config: BuildahConfig } };
  const { config } = Docker;
  const { 'io.buildah.version': _version, ...labels } = config.Labels ?? {};
  return {
    env: (config.Env ?? []).filter((entry) => !entry.startsWith('PATH=')),
    cmd: config.Cmd ?? [],
    entrypoint: config.Entrypoint ?? [],
    labels,
    workingDir: config.WorkingDir ?? '',
    user: config.User ?? '',
    volumes: Object.keys(config.Volumes ?? {}).sort(),
    ports: Object.keys(config.ExposedPorts ?? {}).sort(),
    stopSignal: config.StopSignal ?? '',
  };
}
