// For a further process that must be ended with everything that it has started, and not outlive whoever watches it. Pure.
import { PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, signalNumber, type Step } from '../../native/index.js';
import { step } from './steps.js';

/** The last steps before execve: dropping rights would undo the second one. */
export function leash(): Step[] {
  return [
    // Whoever is left behind in the middle of its tree comes to be its own child, and not one of the container's init.
    step('keep its descendants', 'prctl', [PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0]),
    step('die with the supervisor', 'prctl', [PR_SET_PDEATHSIG, signalNumber('SIGKILL')!, 0, 0, 0]),
  ];
}
