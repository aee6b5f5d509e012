// The door of src/metrics: counters of containers and of the machine, as numbers with their history. What it counts and what
// each number means stands in model.ts. It formats nothing and knows nothing of the engine.
export * from './model.js';
export type * from './neighbours/model.js';
export { describeFinding, type SentenceForm } from './neighbours/sentence.js';
export { createSampler, type Clock, type SamplerOptions } from './sampler.js';
export { createRecorder, type RecordedTarget, type Recorder, type RecorderOptions } from './archive/recorder.js';
export { openArchive, type Archive, type ArchivePlaces, type Recorded } from './archive/archive.js';
export type { Observation, PastReadings, Stretch } from './archive/stretch.js';
