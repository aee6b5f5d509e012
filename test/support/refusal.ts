// What a refusal must be: our own error with its code, and a sentence that holds certain words.
import assert from 'node:assert/strict';
import { TscontainError, type ErrorCode } from '../../src/engine/errors.js';

export function refusal(code: ErrorCode, words = /./): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof TscontainError, `not a TscontainError: ${String(error)}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    // A sentence for a person: not a stack, not a dump, not several lines.
    assert.doesNotMatch(error.message, /\n|undefined|NaN|\[object/);
    return true;
  };
}

/** The sentence with which something is refused. */
export function sentenceOf(action: () => unknown, code: ErrorCode = 'INVALID_VALUE'): string {
  let sentence = '';
  assert.throws(action, (error: unknown) => {
    if (error instanceof Error) sentence = error.message;
    return refusal(code)(error);
  });
  return sentence;
}
