// A network namespace of a test file's own: bridges, routes, rules and settings of the network are made in there, and the machine's
// own are never touched. Every child that is started from here on, supervisors among them, is in there too. Node's runner has a
// process for each file, so nobody else is; the namespace goes with the last of them.
import { CLONE_NEWNET, forgetRouteSocket, setLinkUp, syscall } from '../../src/native/index.js';

/** Goes there for good, with lo up. */
export function enterOwnNetwork(): void {
  syscall('unshare', CLONE_NEWNET);
  forgetRouteSocket();
  setLinkUp('lo', true);
}
