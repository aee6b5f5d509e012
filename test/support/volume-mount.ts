// A volume as it is mounted, in one line.
import type { Mount } from '../../src/engine/model.js';

export const volumeMount = (source: string, target: string, more: object = {}): Mount => ({
  type: 'volume',
  source,
  target,
  readOnly: false,
  ...more,
});
