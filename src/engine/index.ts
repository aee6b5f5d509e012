// The door of the engine: what the dashboard and the command line may use. Tests: test/pure/engine, test/container.
export type * from './model.js';
export type { CorruptEntry, Engine, EngineOptions, Images, RecoveryAction } from './engine.js';
export { ERROR_CODES, isTscontainError, TscontainError, type ErrorCode } from './errors.js';
export { rulingOn, type Ruling, type Verb } from './states.js';
export { DEFAULT_ROOT } from './state/layout.js';
