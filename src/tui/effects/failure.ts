// Whatever was thrown, as it is told: what happened, what to do, and beside which field of a form.
import { isTscontainError, type ErrorCode } from '../../engine/index.js';
import type { Action, Failure } from '../actions.js';

/** Errors that are about one field of what was asked for. */
const FIELD_OF: Readonly<Partial<Record<ErrorCode, string>>> = {
  NAME_IN_USE: 'name',
  NO_SUCH_IMAGE: 'image',
  COMMAND_NOT_FOUND: 'cmd',
  COMMAND_NOT_EXECUTABLE: 'cmd',
};

export function failureOf(error: unknown): Failure {
  if (!isTscontainError(error)) return { message: error instanceof Error ? error.message : String(error) };
  const field = FIELD_OF[error.code];
  const fields = field === undefined ? error.problems : [{ field, message: error.message }];
  return {
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(fields.length === 0 ? {} : { fields }),
  };
}

/** In one sentence. */
export function sentenceOf(error: unknown): string {
  const { message, hint } = failureOf(error);
  return hint === undefined ? message : `${message}: ${hint}`;
}

/** In the notice line. */
export function tell({ dispatch }: { readonly dispatch: (action: Action) => void }, error: unknown): void {
  dispatch({ type: 'notice', kind: 'error', text: sentenceOf(error) });
}
