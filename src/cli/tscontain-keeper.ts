// dist/keeper.cjs, started by whoever puts the first container on a network: the engine's keeper of networks.
import { runKeeper } from '../engine/index.js';

runKeeper();
