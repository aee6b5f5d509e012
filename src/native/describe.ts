// A launch program in words: what `run --explain` and the dashboard's Launch tab show. Pure.
import { capabilityName } from './capabilities.js';
import * as flags from './flags.js';
import { printable } from './printable.js';
import type { Program, Step, StepArg } from './program.js';
import { signalName } from './signals.js';
import { argumentKinds } from './signatures.js';

export interface DescribedStep {
  readonly name: string;
  readonly call: string;
  /** As strace prints arguments: '"proc", "/proc", "proc", MS_NOSUID|MS_NODEV, NULL'. */
  readonly args: string;
}

/** Every step with its arguments in the kernel's own names. */
export function describeProgram(program: Program): DescribedStep[] {
  return program.map((step) => ({ name: step.name, call: step.call, args: describeArguments(step) }));
}

function describeArguments(step: Step): string {
  const kinds = argumentKinds(step.call);
  const shown = step.args.map((arg, i) => describe(arg, kinds[i] ?? 'int', step));
  // Trailing zeros say nothing where a call has arguments to spare, as prctl does.
  const needed = kinds.length === 0 || step.call === 'prctl' ? 1 : shown.length;
  while (shown.length > needed && shown.at(-1) === '0') shown.pop();
  return shown.join(', ');
}

function describe(arg: StepArg, kind: string, step: Step): string {
  if (typeof arg === 'string') return quote(arg);
  if (typeof arg === 'number' || typeof arg === 'bigint') return describeNumber(Number(arg), kind, step);
  if (arg instanceof Uint8Array) return describeBytes(arg, step);
  if ('result' in arg) return `‹${arg.result}›`;
  if ('words' in arg) return `{${arg.words.map((word) => describe(word, 'int', step)).join(', ')}}`;
  return `[${arg.map(quote).join(', ')}]`;
}

const quote = (text: string): string => printable(JSON.stringify(text));
const hexadecimal = (value: number): string => `0x${value.toString(16)}`;

function describeNumber(value: number, kind: string, step: Step): string {
  if (step.call === 'prctl' && step.args[0] === flags.PR_CAPBSET_DROP && value === step.args[1])
    return capabilityName(value);
  switch (kind) {
    case 'fd':
    case 'int':
      return String(value);
    case 'at':
      return value === flags.AT_FDCWD ? 'AT_FDCWD' : String(value);
    case 'text':
    case 'ptr':
      return value === 0 ? 'NULL' : hexadecimal(value);
    case 'mode':
      return `0${value.toString(8)}`;
    case 'sig':
      return signalName(value);
    case 'uint':
      return hexadecimal(value);
    default:
      return kind.endsWith('=') ? describeConstant(value, kind.slice(0, -1)) : describeFlags(value, kind);
  }
}

/** Constants that begin like those of a group but are arguments of their own to some of its members. */
const foreign = /^(F_SEAL_|PR_CAP_AMBIENT_|SECCOMP_FILTER_|AT_FDCWD)/;

interface Constant {
  readonly name: string;
  readonly value: number;
}

const groups = new Map<string, readonly Constant[]>();

/** The constants that begin with one of `prefixes` ('TIOC|SIOC'), the largest first. */
function group(prefixes: string): readonly Constant[] {
  let found = groups.get(prefixes);
  if (found === undefined) {
    const wanted = prefixes.split('|');
    found = Object.entries(flags)
      .filter(([name]) => wanted.some((prefix) => name.startsWith(prefix)) && !foreign.test(name))
      .map(([name, value]) => ({ name, value: Number(value) }))
      .sort((a, b) => b.value - a.value);
    groups.set(prefixes, found);
  }
  return found;
}

function describeConstant(value: number, prefixes: string): string {
  return group(prefixes).find((constant) => constant.value === value)?.name ?? hexadecimal(value);
}

function describeFlags(value: number, prefixes: string): string {
  const names: string[] = [];
  let rest = value;
  for (const constant of group(prefixes)) {
    if (constant.value === 0 || BigInt(rest) < BigInt(constant.value)) continue;
    if ((BigInt(rest) & BigInt(constant.value)) !== BigInt(constant.value)) continue;
    names.unshift(constant.name);
    rest -= constant.value;
  }
  if (rest !== 0) names.push(hexadecimal(rest));
  return names.length > 0 ? names.join('|') : (group(prefixes).find((constant) => constant.value === 0)?.name ?? '0');
}

/** The most bytes that are shown in full. */
const shownBytes = 32;

function describeBytes(bytes: Uint8Array, step: Step): string {
  const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (step.call === 'clone3') {
    return `{flags=${describeFlags(Number(memory.readBigUInt64LE(0)), 'CLONE_')}}`;
  }
  const text = memory.toString('latin1');
  if (/^[\x20-\x7e\n\t]+$/.test(text)) return quote(text);
  if (memory.length > shownBytes) return `<${memory.length} bytes>`;
  return memory.length === 0 ? '""' : `<${memory.toString('hex')}>`;
}
