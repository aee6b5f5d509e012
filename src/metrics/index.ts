// The door of src/metrics: counters of containers and of the machine, as numbers with their history, and the judgement of who
// hurts whom. What it counts and what each number means stands in model.ts. It draws nothing and knows nothing of the engine.
export * from './model.js';
export type * from './neighbours/model.js';
export type { Closer, Observation } from './neighbours/observation.js';
export { createJudge, type Judge } from './neighbours/judge.js';
export { withFound, type FindingSpan } from './neighbours/spans.js';
export { judgeNight } from './neighbours/night.js';
export { describeFinding, type SentenceForm } from './neighbours/sentence.js';
export { createSampler, type Clock, type SamplerOptions } from './sampler.js';
export { createRecorder, type RecordedTarget, type Recorder, type RecorderOptions } from './archive/recorder.js';
export { openArchive, type Archive, type ArchivePlaces, type Recorded } from './archive/archive.js';
export type { PastProcess, PastProcesses } from './archive/processes.js';
export type { PastReadings, Stretch } from './archive/stretch.js';
export { createCounterReader, type CounterReader } from './counter-reader.js';
export { CONTENT_TYPE, expose, negotiate, type Exposed, type ExpositionFormat } from './exposition.js';
export type { Counters } from './counters.js';
