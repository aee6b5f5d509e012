// The same verb for every container named: one that fails is told, the others still get their turn.
import { isTscontainError, type TscontainError } from '../../engine/index.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../output.js';

/** @param isForgiven what is told, and is no failure all the same */
export async function forEachContainer(
  context: Context,
  refs: readonly string[],
  act: (ref: string) => Promise<unknown>,
  isForgiven: (error: TscontainError) => boolean = () => false,
): Promise<number> {
  const outcomes = await Promise.allSettled(refs.map(act));
  let code: number = EXIT.ok;
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') {
      context.print(refs[index]!);
      continue;
    }
    const reason: unknown = outcome.reason;
    if (!isTscontainError(reason)) throw reason;
    context.warn(printable(reason.hint === undefined ? reason.message : `${reason.message}: ${reason.hint}`));
    if (!isForgiven(reason)) code = EXIT.failed;
  }
  return code;
}
