// The door of src/metrics: counters of containers and of the machine, as numbers with their history. What it counts and what
// each number means stands in model.ts. It formats nothing and knows nothing of the engine.
export * from './model.js';
export type * from './neighbours/model.js';
export { describeFinding, type SentenceForm } from './neighbours/sentence.js';
export { createSampler, type Clock, type SamplerOptions } from './sampler.js';
