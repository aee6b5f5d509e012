// What a supervisor tells of its containers to whoever writes down what they use. A port: the engine knows nothing of
// measuring, so the program that is put together (src/cli) fills it.
import type { CgroupPaths } from '../model.js';

export interface Recorder {
  /** A run has begun. */
  begin(container: {
    readonly id: string;
    readonly cgroup: CgroupPaths;
    /** a process in its network namespace; absent where that is the host's */
    readonly netPid?: number;
    /** where it is to be written, below the container's own directory: it goes when that goes */
    readonly directory: string;
  }): void;
  /** It has ended. */
  end(id: string): void;
  /** The supervisor leaves: resolves when everything is written. */
  close(): Promise<void>;
}

/** @param hostDirectory where one of all supervisors may write down the machine itself @param say into the supervisor's log */
export type MakeRecorder = (hostDirectory: string, say: (sentence: string) => void) => Recorder;
