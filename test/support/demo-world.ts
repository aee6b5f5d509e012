// A made-up machine with a handful of containers: an Engine and a Sampler that need no kernel, no root and no real time.
// Screens are developed on it (`npm run dev`), and golden screens are taken of it.
import type { Container, ContainerState, Engine } from '../../src/engine/index.js';
import { DemoEngine } from './demo-engine.js';
import { healthOf } from './demo-health.js';
import { DemoImages } from './demo-images.js';
import { DemoNetworks } from './demo-networks.js';
import { configOf, crowdOf, DEMO_NOW, MEMBERS } from './demo-people.js';
import { DemoSampler, type Habit } from './demo-sampler.js';
import { DemoVolumes } from './demo-volumes.js';

export interface DemoWorld {
  readonly engine: Engine & { readonly calls: readonly string[] };
  readonly sampler: DemoSampler;
  readonly images: DemoImages;
  readonly networks: DemoNetworks;
  readonly volumes: DemoVolumes;
  readonly clock: { now(): number };
  /** Lets made-up time pass, with what goes on in it, and takes a sample. */
  advance(ms: number): void;
}

export interface DemoOptions {
  readonly seed?: number;
  /** Some of them have health checks. */
  readonly health?: boolean;
  /** without it everybody is there; 'nothing' is the machine of a first visitor; a number makes so many busy containers */
  readonly crowd?: 'nothing' | number;
}
/** Makes the world; nothing in it moves unless it is told to. */
export function demoWorld({ seed = 7, crowd, health = false }: DemoOptions = {}): DemoWorld {
  let now = DEMO_NOW;
  const clock = { now: () => now };
  const habits = new Map<string, Habit>();
  const containers = new Map<string, Container>();
  const members = crowd === 'nothing' ? [] : typeof crowd === 'number' ? crowdOf(crowd) : MEMBERS;
  for (const member of members) {
    const created = DEMO_NOW - member.age;
    const config = configOf(member, created);
    const state: ContainerState = {
      schema: 1,
      status: 'running',
      startedAt: new Date(created + 300).toISOString(),
      init: { pid: 4000 + containers.size * 37, startTime: 1 },
      oomKilled: false,
      restartCount: 0,
      stopRequested: false,
      ...member.state,
      ...(health ? healthOf(member.name) : {}),
    };
    containers.set(config.id, {
      id: config.id,
      config,
      state,
      cgroup: { controllers: {}, unified: `/sys/fs/cgroup/tscontain/${member.project ?? 'default'}/${config.id}` },
    });
    habits.set(config.id, member.habit);
  }
  const isAlive = (id: string): boolean => {
    const status = containers.get(id)?.state.status;
    return status === 'running' || status === 'paused';
  };
  const sampler = new DemoSampler(
    seed,
    clock,
    (id) => (isAlive(id) ? habits.get(id) : undefined),
    (project) => [...containers.values()].filter((c) => c.config.project === project).map(({ id }) => id),
  );
  const engine = new DemoEngine(containers, habits, clock);
  const images = new DemoImages(engine.calls, clock, crowd === 'nothing');
  return {
    engine,
    sampler,
    images,
    networks: new DemoNetworks(engine, crowd === 'nothing'),
    volumes: new DemoVolumes(engine.calls, clock, containers, crowd === 'nothing'),
    clock,
    advance(ms) {
      now += ms;
      images.advance(ms);
      sampler.sample();
    },
  };
}
