// dist/facts.cjs: asks systeminformation about the machine and prints what it said as JSON. A program of its own, because
// systeminformation starts shells and waits for some of them: in the dashboard that would hold up every key.
import { cpu, osInfo, system } from 'systeminformation';
import type { FoundFacts } from './facts.js';

/** The answer, or undefined where the question failed: a missing fact is no error. */
const known = <T>(question: Promise<T>): Promise<T | undefined> => question.catch(() => undefined);

/** Text that says something: systeminformation answers '' for what it did not find. */
const said = (...words: readonly (string | undefined)[]): string | undefined =>
  words.filter((word) => word !== undefined && word !== '').join(' ') || undefined;

async function main(): Promise<void> {
  const [processor, os, machine] = await Promise.all([known(cpu()), known(osInfo()), known(system())]);
  const cpuModel = said(processor?.manufacturer, processor?.brand);
  const distribution = said(os?.distro, os?.release);
  const virtualization = machine?.virtual === true ? said(machine.virtualHost) : undefined;
  const facts: FoundFacts = {
    ...(cpuModel !== undefined && { cpuModel }),
    ...(distribution !== undefined && { distribution }),
    ...(virtualization !== undefined && { virtualization }),
  };
  process.stdout.write(JSON.stringify(facts));
}

void main();
