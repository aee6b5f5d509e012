// The door of the guard: a rule file read, and rules carried out as they are met. grammar.ts, evaluate.ts and wishes.ts are pure;
// runner.ts asks the engine. Tests: test/pure/guard, test/container/guard.test.ts. What people write is docs/guard.md.
export { diskBelow, weightsWork } from './disk.js';
export { parseRules } from './grammar.js';
export { PROTECTED_LABEL, type Rule, type RuleProblem, type RuleSet } from './model.js';
export { Guard, limitsText, type GuardOptions, type Say } from './runner.js';
