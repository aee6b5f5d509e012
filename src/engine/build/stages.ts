// From a Dockerfile to its stages: what each begins with, which of them others are made from, and which the wanted one needs.
// Pure. Tests: test/pure/engine/build/stages.test.ts.
import { shown } from '../grammar/wrong.js';
import type { Dockerfile, From, Instruction, Raw } from './dockerfile/instruction.js';
import { nearest } from './dockerfile/nearest.js';
import { BuildError, faultAt, type Position, type Warning } from './dockerfile/position.js';
import { expand, GlobalScope, isOwnArg, isProxyArg, type Arguments } from './scope.js';

/** Where files come from: the beginning of a stage, `--from` of COPY and of a mount. */
export type Origin =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'stage'; readonly stage: number }
  /** a context of its own, given by name */
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'image'; readonly name: string; readonly platform?: string };

export interface Stage {
  readonly index: number;
  /** in small letters */
  readonly name?: string;
  readonly base: Origin;
  readonly from: From & Pick<Instruction, 'position' | 'text'>;
  readonly instructions: readonly Instruction[];
}

export interface StagePlan {
  readonly dockerfile: Dockerfile;
  readonly global: GlobalScope;
  readonly stages: readonly Stage[];
  readonly target: Stage;
  readonly warnings: readonly Warning[];
}

export interface PlanWishes extends Arguments {
  /** a name or a number of a stage; absent is the last */
  readonly target?: string;
  /** names of --build-context */
  readonly contexts: ReadonlySet<string>;
}

type FromInstruction = Extract<Instruction, { keyword: 'FROM' }>;

/** @throws BuildError */
export function planStages(dockerfile: Dockerfile, wishes: PlanWishes): StagePlan {
  const { source, escape, instructions } = dockerfile;
  const global = new GlobalScope(wishes);
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  for (const instruction of instructions.slice(0, first < 0 ? undefined : first)) {
    if (instruction.keyword !== 'ARG') {
      throw faultAt(source, instruction.position, `${instruction.keyword} stands before the first FROM`, {
        length: instruction.keyword.length,
        hint: 'before FROM there can only be ARG',
      });
    }
    for (const { name, value } of instruction.args)
      global.declare(name, value === undefined ? undefined : expand(value, { source, escape, variables: global }).text);
  }
  if (first < 0) {
    throw new BuildError('INVALID_VALUE', `${source.name} has no FROM, so there is nothing to begin with`, {
      hint: 'write FROM and an image as its first line, or FROM scratch',
    });
  }
  const warnings: Warning[] = [];
  const stages: Stage[] = [];
  for (const { from, rest } of cutAtFrom(instructions.slice(first))) {
    const names = { stages, contexts: wishes.contexts };
    const base = baseOf(from, dockerfile, global, names);
    if (from.as !== undefined && stages.some(({ name }) => name === from.as)) {
      const message = `there is a stage ${shown(from.as)} already: from here on this one is meant by it`;
      warnings.push({ rule: 'DuplicateStageName', position: from.position, message });
    }
    const index = stages.length;
    stages.push({ index, base, from, instructions: rest, ...(from.as === undefined ? {} : { name: from.as }) });
  }
  const target = findTarget(dockerfile, stages, wishes.target);
  return { dockerfile, global, stages, target, warnings: [...warnings, ...unusedArgs(dockerfile, wishes)] };
}

function cutAtFrom(instructions: readonly Instruction[]): { from: FromInstruction; rest: Instruction[] }[] {
  const cut: { from: FromInstruction; rest: Instruction[] }[] = [];
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') cut.push({ from: instruction, rest: [] });
    else cut.at(-1)!.rest.push(instruction);
  }
  return cut;
}

interface Names {
  /** those above */
  readonly stages: readonly Stage[];
  readonly contexts: ReadonlySet<string>;
}

function baseOf(from: FromInstruction, { source, escape }: Dockerfile, global: GlobalScope, names: Names): Origin {
  const expanding = { source, escape, variables: global };
  const { text: image, unset } = expand(from.image, expanding);
  if (image === '') {
    throw faultAt(
      source,
      from.image.position,
      `${shown(from.image.text)} is nothing: there is no image to begin with`,
      {
        length: from.image.text.length,
        hint:
          unset.length === 0
            ? 'name an image, or scratch'
            : `declare ARG ${unset[0]!} with a value before the first FROM, or give --build-arg ${unset[0]!}=…`,
      },
    );
  }
  const platform = from.platform === undefined ? undefined : expand(from.platform, expanding).text;
  const origin = originOf(image, names, false);
  return origin.kind === 'image' && platform !== undefined && platform !== '' ? { ...origin, platform } : origin;
}

/** Later stages of a name win; numbers count stages only where a stage can be meant by one. */
export function originOf(text: string, { stages, contexts }: Names, allowsNumbers: boolean): Origin {
  const name = text.toLowerCase();
  const stage = stages.findLast((each) => each.name === name);
  if (contexts.has(name)) return { kind: 'context', name };
  if (stage !== undefined) return { kind: 'stage', stage: stage.index };
  if (allowsNumbers && /^\d+$/.test(text) && Number(text) < stages.length)
    return { kind: 'stage', stage: Number(text) };
  return name === 'scratch' ? { kind: 'scratch' } : { kind: 'image', name: text };
}

/**
 * What `--from` of an instruction in this stage means.
 * @throws BuildError for one with a variable, for a stage that comes later, for the stage itself
 */
export function originIn(plan: StagePlan, stage: Stage, raw: Raw, contexts: ReadonlySet<string>): Origin {
  const { source } = plan.dockerfile;
  const fault = (what: string, hint: string): BuildError => faultAt(source, raw.position, what, { length: 1, hint });
  if (raw.text.includes('$'))
    throw fault(
      `variables are not replaced in --from`,
      'give a stage of its own a name: FROM ${IMAGE} AS name, and --from=name',
    );
  const before = plan.stages.slice(0, stage.index);
  const origin = originOf(raw.text, { stages: before, contexts }, true);
  if (origin.kind !== 'image') return origin;
  const later = plan.stages.slice(stage.index).find(({ name }) => name === raw.text.toLowerCase());
  if (later !== undefined) {
    const what = later.index === stage.index ? 'the stage that this is in' : 'a stage further down';
    throw fault(`${shown(raw.text)} is ${what}`, 'files come from stages above: put that one first');
  }
  if (/^\d+$/.test(raw.text))
    throw fault(`there is no stage ${raw.text} above`, `stages above have the numbers 0 to ${before.length - 1}`);
  return origin;
}

function findTarget({ source }: Dockerfile, stages: readonly Stage[], wanted: string | undefined): Stage {
  if (wanted === undefined) return stages.at(-1)!;
  const name = wanted.toLowerCase();
  const found =
    stages.findLast((stage) => stage.name === name) ?? (/^\d+$/.test(wanted) ? stages[Number(wanted)] : undefined);
  if (found !== undefined) return found;
  const names = stages.flatMap((stage) => stage.name ?? []);
  const meant = nearest(name, names);
  throw new BuildError('INVALID_VALUE', `${source.name} has no stage ${shown(wanted)}`, {
    hint:
      meant !== undefined
        ? `did you mean ${meant}?`
        : names.length > 0
          ? `there are ${names.join(', ')}`
          : 'its stages have no names: give a number, from 0',
  });
}

/** Given on the command line, and asked for by nothing. */
function unusedArgs({ instructions }: Dockerfile, { given }: Arguments): Warning[] {
  const declared = new Set(
    instructions.flatMap((each) => (each.keyword === 'ARG' ? each.args.map(({ name }) => name) : [])),
  );
  const position: Position = { line: 1, column: 1 };
  return [...given.keys()]
    .filter((name) => !declared.has(name) && !isProxyArg(name) && !isOwnArg(name))
    .map((name) => ({
      rule: 'UnusedBuildArg',
      position,
      message: `--build-arg ${shown(name)} was given, and no ARG asks for it`,
    }));
}
