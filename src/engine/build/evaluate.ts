// Goes through the instructions of one stage: variables are replaced, settings applied, and what is left to be done is said as
// steps. It knows what the stage begins with and asks nobody. Pure. Tests: test/pure/engine/build/evaluate.test.ts.
import { posix } from 'node:path';
import { isTscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { applyInstruction, shellForm, type Draft } from '../image/instructions.js';
import type { ImageDefaults } from '../image/oci.js';
import type { Copy, Instruction, Raw, Run, RunMount, Setting } from './dockerfile/instruction.js';
import { parseTrigger } from './dockerfile/parse.js';
import { faultAt, placeOf, type Source, type Warning } from './dockerfile/position.js';
import { substitute } from './dockerfile/substitute.js';
import { historyOfCopy, historyOfRun, historyOfSetting } from './history.js';
import { expand, StageScope, type Expanding } from './scope.js';
import { originIn, type Origin, type Stage, type StagePlan } from './stages.js';
import type { CopyWork, ExpandedMount, RunWork, Step, Work } from './step.js';

export interface StageBeginning {
  /** of the image or the stage that it begins with */
  readonly config: ImageDefaults;
  /** for a person */
  readonly baseName: string;
}

export interface Evaluated {
  readonly steps: readonly Step[];
  readonly warnings: readonly Warning[];
}

/** @throws BuildError */
export function evaluateStage(
  plan: StagePlan,
  stage: Stage,
  { config, baseName }: StageBeginning,
  contexts: ReadonlySet<string>,
): Evaluated {
  return new Evaluation(plan, stage, config, contexts).run(baseName);
}

/** Where the script of a here document that names its own interpreter is put: on a file system of the container's own. */
const SCRIPTS = '/dev/pipes';

class Evaluation {
  readonly #steps: Step[] = [];
  readonly #warnings: Warning[] = [];
  readonly #scope: StageScope;
  #draft: Draft;
  #author: string | undefined;
  #source: Source;
  #escape: '\\' | '`';

  constructor(
    private readonly plan: StagePlan,
    private readonly stage: Stage,
    config: ImageDefaults,
    private readonly contexts: ReadonlySet<string>,
  ) {
    this.#scope = new StageScope(plan.global, config.env);
    this.#draft = { config, hasOwnCmd: false };
    this.#source = plan.dockerfile.source;
    this.#escape = plan.dockerfile.escape;
  }

  run(baseName: string): Evaluated {
    const { onBuild } = this.#draft.config;
    // They are for who builds on it, and that is done now.
    this.#draft = { ...this.#draft, config: { ...this.#draft.config, onBuild: [] } };
    for (const text of onBuild) {
      const { source, instruction } = parseTrigger(baseName, text);
      this.#source = source;
      this.#escape = '\\';
      this.#step(instruction);
    }
    this.#source = this.plan.dockerfile.source;
    this.#escape = this.plan.dockerfile.escape;
    for (const instruction of this.stage.instructions) this.#step(instruction);
    return { steps: this.#steps, warnings: this.#warnings };
  }

  get #expanding(): Expanding {
    return {
      source: this.#source,
      escape: this.#escape,
      variables: this.#scope,
      onUnset: (name, { position }) => {
        const message = `the variable ${shown(name)} is set nowhere above, so it is replaced by nothing`;
        this.#warnings.push({ rule: 'UndefinedVar', position, message });
      },
    };
  }

  #expand(raw: Raw): string {
    return expand(raw, this.#expanding).text;
  }

  #step(instruction: Instruction): void {
    const [work, createdBy] = this.#meaning(instruction);
    this.#steps.push({
      instruction,
      source: this.#source,
      work,
      createdBy,
      config: this.#draft.config,
      ...(this.#author === undefined ? {} : { author: this.#author }),
    });
  }

  #meaning(instruction: Instruction): [work: Work, createdBy: string] {
    switch (instruction.keyword) {
      case 'FROM':
        throw faultAt(this.#source, instruction.position, 'FROM cannot stand here');
      case 'RUN':
        return this.#runWork(instruction);
      case 'COPY':
      case 'ADD':
        return this.#copyWork(instruction);
      case 'ARG':
        for (const { name, value } of instruction.args)
          this.#scope.declare(name, value === undefined ? undefined : this.#expand(value));
        return [{ kind: 'nothing' }, `ARG ${instruction.args.map(({ name }) => this.#declared(name)).join(' ')}`];
      case 'MAINTAINER':
        this.#author = instruction.rest.text.trim();
        return [{ kind: 'nothing' }, `MAINTAINER ${this.#author}`];
      default:
        return this.#apply(instruction, instruction);
    }
  }

  #declared(name: string): string {
    const value = this.#scope.get(name);
    return value === undefined ? name : `${name}=${value}`;
  }

  #apply({ keyword, rest, at }: Setting, { position }: Instruction): [Work, string] {
    const before = this.#draft.config;
    let from = 0;
    const reading = {
      escape: this.#escape,
      expand: (word: string) => {
        // Words come in the order in which they stand.
        const found = rest.text.indexOf(word, from);
        if (found >= 0) from = found;
        return this.#expand({ text: word, position: at(from) });
      },
    };
    try {
      this.#draft = applyInstruction(this.#draft, keyword, rest.text, reading);
    } catch (error) {
      // One of ours knows its place already.
      if (!isTscontainError(error) || error.message.startsWith(this.#source.name)) throw error;
      throw faultAt(this.#source, rest.position, error.message, { length: rest.text.length });
    }
    const { config } = this.#draft;
    this.#scope.setEnv(config.env);
    const createdBy = historyOfSetting(keyword, rest.text, before, config);
    if (keyword !== 'WORKDIR') return [{ kind: 'nothing' }, createdBy];
    if (!isRooted(rest.text) && before.workingDir === '') {
      const message = 'this directory is meant from the root, as no WORKDIR was given before';
      this.#warnings.push({ rule: 'WorkdirRelativePath', position, message });
    }
    return [{ kind: 'directory', path: config.workingDir, user: config.user }, createdBy];
  }

  #runWork(instruction: Run & Instruction): [RunWork, string] {
    const { config } = this.#draft;
    const args = this.#scope.argsOfRun();
    const { argv, script } = this.#runArgv(instruction);
    const work: RunWork = {
      kind: 'run',
      argv,
      env: [...config.env, ...args],
      hiddenEnv: this.#scope.proxiesOfRun(),
      user: config.user,
      workingDir: config.workingDir === '' ? '/' : config.workingDir,
      mounts: instruction.mounts.map((mount) => this.#mount(mount)),
      network: instruction.network,
      ...(script === undefined ? {} : { script }),
    };
    return [work, historyOfRun(args, argv)];
  }

  /** A here document alone is the script; one among other words is for the shell, which gets it as it stands. */
  #runArgv({ command, hereDocuments }: Run): Pick<RunWork, 'argv' | 'script'> {
    if (command.form === 'exec') return { argv: command.words };
    const { config } = this.#draft;
    const [first] = hereDocuments;
    if (first === undefined) return { argv: shellForm(config, command.text) };
    const isAlone = hereDocuments.length === 1 && /^\s*\d*<<-?\S+\s*$/.test(command.text);
    if (!isAlone) {
      const whole = [command.text, ...hereDocuments.map(({ raw, name }) => `${raw}${name}`)].join('\n');
      return { argv: [...shellForm(config, '').slice(0, -1), whole] };
    }
    if (!first.content.startsWith('#!')) return { argv: [...shellForm(config, '').slice(0, -1), first.content] };
    const path = `${SCRIPTS}/${first.name.replaceAll('/', '_')}`;
    return { argv: [path], script: { path, content: first.content } };
  }

  #origin(raw: Raw): Origin {
    return originIn(this.plan, this.stage, raw, this.contexts);
  }

  #mount({ from, ...mount }: RunMount): ExpandedMount {
    const text = (value: string) => this.#expand({ text: value, position: mount.position });
    const absolute = (path: string) => posix.resolve('/', this.#draft.config.workingDir, path);
    return {
      ...mount,
      ...(mount.target === undefined ? {} : { target: absolute(text(mount.target)) }),
      ...(mount.source === undefined ? {} : { source: text(mount.source) }),
      ...(mount.id === undefined ? {} : { id: text(mount.id) }),
      ...(from === undefined ? {} : { from: this.#origin({ text: from, position: mount.position }) }),
    };
  }

  #copyWork(instruction: Copy & Instruction): [CopyWork, string] {
    const target = this.#expand(instruction.target);
    if (target === '')
      throw faultAt(this.#source, instruction.target.position, 'the target is nothing once its variables are replaced');
    const sources = instruction.sources.map((raw) => this.#expand(raw));
    const isUrl = (text: string) => instruction.keyword === 'ADD' && /^https?:\/\//i.test(text);
    const count = sources.length + instruction.inline.length;
    if (count > 1 && !/\/$|^\.{1,2}$|\/\.{1,2}$/.test(target)) {
      throw faultAt(
        this.#source,
        instruction.target.position,
        `several files are to go to ${shown(target)}, which is no directory`,
        {
          length: instruction.target.text.length,
          hint: `end it with a slash: ${target}/`,
        },
      );
    }
    const checksum = instruction.checksum === undefined ? undefined : this.#checksum(instruction.checksum, sources);
    const work: CopyWork = {
      kind: 'copy',
      ...(instruction.from === undefined ? {} : { from: this.#origin(instruction.from) }),
      sources: sources.filter((text) => !isUrl(text)),
      urls: sources.filter(isUrl),
      inline: instruction.inline.map(({ path, document, position }) => ({
        path,
        content: document.expands ? this.#expandDocument(document.content, position) : document.content,
      })),
      target: this.#targetPath(target),
      chown: instruction.chown === undefined ? '' : this.#expand(instruction.chown),
      ...(instruction.chmod === undefined ? {} : { chmod: this.#mode(instruction.chmod) }),
      excludes: instruction.excludes.map((raw) => this.#expand(raw)),
      parents: instruction.parents,
      unpack:
        instruction.keyword === 'COPY' || instruction.unpack === false
          ? 'none'
          : instruction.unpack === true
            ? 'all'
            : 'local',
      ...(checksum === undefined ? {} : { checksum }),
    };
    const inline = instruction.inline.map(({ path }) => `<<${path}`);
    return [work, historyOfCopy(instruction.keyword, instruction.flags, [...sources, ...inline], target)];
  }

  #expandDocument(content: string, position: Raw['position']): string {
    // Its own lines are further down: a fault in it is told at the word that names it.
    try {
      return substitute(content, { escape: this.#escape, variables: this.#scope, hasQuotes: false }).text;
    } catch (error) {
      throw faultAt(
        this.#source,
        position,
        `in this here document ${error instanceof Error ? error.message : 'something is wrong'}`,
        {
          hint: 'quote the word that ends it, <<"EOF", and nothing in it is replaced',
        },
      );
    }
  }

  #targetPath(target: string): string {
    const isDirectory = /\/$|(^|\/)\.{1,2}$/.test(target);
    const path = posix.resolve('/', this.#draft.config.workingDir, target);
    return isDirectory && path !== '/' ? `${path}/` : path;
  }

  #mode(raw: Raw): number {
    const text = this.#expand(raw);
    if (/^[0-7]{3,5}$/.test(text) && parseInt(text, 8) <= 0o7777) return parseInt(text, 8);
    throw faultAt(this.#source, raw.position, `--chmod cannot be ${shown(text)}`, {
      hint: 'give an octal mode such as 644 or 0755',
    });
  }

  #checksum(raw: Raw, sources: readonly string[]): string {
    const text = this.#expand(raw);
    if (!/^sha256:[0-9a-f]{64}$/.test(text))
      throw faultAt(this.#source, raw.position, `--checksum cannot be ${shown(text)}`, {
        hint: 'give sha256: and 64 hexadecimal digits',
      });
    if (sources.length !== 1)
      throw faultAt(this.#source, raw.position, '--checksum is of one source', { hint: 'give each an ADD of its own' });
    return text;
  }
}

const isRooted = (text: string): boolean => /^\s*["']?[/$]/.test(text);

/** "Dockerfile:7:1" of a step, for messages. */
export const whereOf = ({ source, instruction }: Step): string => placeOf(source, instruction.position);
