// Put before every test file that makes containers (scripts/test/build.mjs): it begins in a network namespace of its own. What it
// starts is in there with it, programs that are bundled the same way too, and these stay there.
import { enterOwnNetwork } from './own-network.js';

const ENTERED = 'TEST_OWN_NETWORK';

if (process.env[ENTERED] === undefined && process.getuid?.() === 0) {
  enterOwnNetwork();
  process.env[ENTERED] = '1';
}
