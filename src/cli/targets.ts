// A container as metrics measure it.
import type { Container } from '../engine/index.js';
import type { Target } from '../metrics/index.js';

export const targetOf = ({ id, cgroup, config, state }: Container): Target => ({
  id,
  cgroup,
  ...(config.network === 'host' || state.init === undefined ? {} : { netPid: state.init.pid }),
});
