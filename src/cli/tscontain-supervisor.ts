// dist/supervisor.cjs, started by the two commands: the engine's supervisor, and the recorder that writes down what its
// containers use. Composition root: the engine does not know what measuring is, and metrics not what a container is.
import { runSupervisor } from '../engine/index.js';
import { createRecorder } from '../metrics/index.js';

runSupervisor((hostDirectory, say) => createRecorder({ hostDirectory, say }));
