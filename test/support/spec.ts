// Specs, images and configurations for tests that say only what matters to them.
import type { Container, ContainerConfig, ContainerState, CreateSpec, Image } from '../../src/engine/model.js';
import { NO_DEFAULTS } from '../../src/engine/image/oci.js';
import { configure } from '../../src/engine/validate.js';

export const IMAGE: Image = {
  id: 'f'.repeat(64),
  name: 'base',
  created: '2026-01-01T00:00:00.000Z',
  sizeBytes: 30_000_000,
  layers: ['/nowhere'],
  config: {
    ...NO_DEFAULTS,
    env: ['PATH=/bin', 'LANG=C'],
    cmd: ['sh'],
    workingDir: '/',
    labels: { from: 'image' },
  },
};

export const FACTS = { id: 'a'.repeat(64), name: 'calm_otter', created: '2026-01-02T03:04:05.000Z', cpus: 4 };

export function configured(spec: Partial<CreateSpec> = {}, image: Image = IMAGE) {
  return configure({ image: image.name, ...spec }, image, FACTS);
}

export const CREATED: ContainerState = {
  schema: 1,
  status: 'created',
  oomKilled: false,
  restartCount: 0,
  stopRequested: false,
};

export function containerOf(config: Partial<ContainerConfig> = {}, state: Partial<ContainerState> = {}): Container {
  const whole = { ...configured().config, ...config };
  return {
    id: whole.id,
    config: whole,
    state: { ...CREATED, ...state },
    cgroup: { controllers: {} },
  };
}
