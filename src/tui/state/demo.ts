// What the dashboard knows of its demo: who in it is to be woken.
import type { State } from '../state.js';

export const DEMO_PROJECT = 'demo';
/** The one that takes all the CPU there is. */
export const NOISY = `${DEMO_PROJECT}-noisy`;

export const isDemoThere = ({ containers }: State): boolean =>
  containers.list.some(({ config, state }) => config.name === NOISY && state.status === 'running');
