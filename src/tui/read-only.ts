// What a dashboard that only watches refuses (--read-only). Two walls: a command that would change something says so before
// it opens anything, and the engine that the effects are given has no verb that changes anything, whoever asks for it.
import { TscontainError, type Engine, type Images, type Networks, type Volumes } from '../engine/index.js';
import type { ImagesPort } from './images/port.js';
import type { NetworksPort } from './networks/port.js';
import type { VolumesPort } from './volumes/port.js';
import type { CommandName } from './keymap.js';

/** Commands whose only use is to change something, each with what it would do. */
const CHANGING: Readonly<Partial<Record<CommandName, string>>> = {
  demo: 'the demo starts containers',
  'wake-noisy': 'this signals a container',
  new: 'this runs a container',
  'run-image': 'this runs a container',
  shell: 'a shell runs a program inside',
  'split-side': 'a shell runs a program inside',
  'split-below': 'a shell runs a program inside',
  broadcast: 'keys change what runs inside',
  type: 'keys change what runs inside',
  'send-escape-key': 'keys change what runs inside',
  limits: 'this changes limits',
  quieten: 'this changes limits',
  restart: 'this starts containers',
  pause: 'this freezes containers',
  stop: 'this stops containers',
  kill: 'this kills containers',
  remove: 'this removes containers',
  rename: 'this renames containers',
  prune: 'this removes containers',
  undo: 'this changes containers',
  guard: 'the guard changes containers',
  'import-image': 'this makes an image',
  'pull-image': 'this makes an image',
  'build-image': 'this makes an image',
  'load-image': 'this makes an image',
  again: 'this makes an image',
  'tag-image': 'this names an image',
  'push-image': 'this writes to a registry',
  'save-image': 'this writes a file',
  'cancel-job': 'this ends what goes on',
  'prune-images': 'this removes images',
  'remove-image': 'this removes an image',
  'create-network': 'this makes a network',
  'remove-network': 'this removes a network',
  'prune-networks': 'this removes networks',
  connect: 'this connects containers',
  'connect-container': 'this connects containers',
  'disconnect-container': 'this disconnects containers',
  publish: 'this makes a container anew',
  'create-volume': 'this makes a volume',
  'remove-volume': 'this removes a volume',
  'prune-volumes': 'this removes volumes',
};

/** Why a command is not carried out by a dashboard that only watches; undefined where it may be. */
export function readOnlyRefusal(command: CommandName): string | undefined {
  const what = CHANGING[command];
  return what === undefined ? undefined : `Read only: ${what}. Start the dashboard without --read-only to do it.`;
}

/** Verbs that leave everything as it is. What is not named here is refused: a verb that comes later must ask to be let in. */
const WATCHING: ReadonlySet<string> = new Set<keyof Engine>([
  'root',
  'list',
  'get',
  'limitsInForce',
  'holds',
  'removed',
  'wait',
  'logs',
  'logBatches',
  'top',
  'diff',
  'stat',
  'copyFrom',
  'events',
  'watch',
  'explain',
  'launchReport',
  'close',
]);
const LOOKING_AT_IMAGES: ReadonlySet<string> = new Set<keyof ImagesPort>(['list', 'details']);
const LOOKING_AT_NETWORKS: ReadonlySet<string> = new Set<keyof NetworksPort>(['list', 'connections']);
const LOOKING_AT_VOLUMES: ReadonlySet<string> = new Set<keyof VolumesPort>(['list', 'size', 'directory', 'file']);
/** `get` is not among them: it makes the image base where there is none. */
const WATCHING_IMAGES: ReadonlySet<string> = new Set<keyof Images>(['list']);
const WATCHING_VOLUMES: ReadonlySet<string> = new Set<keyof Volumes>(['list', 'inspect', 'size']);
const WATCHING_NETWORKS: ReadonlySet<string> = new Set<keyof Networks>(['list', 'inspect', 'attachments']);

function refusal(verb: string): Promise<never> {
  return Promise.reject(
    new TscontainError('READ_ONLY', `this dashboard is read only, so ${verb} is not done`, {
      hint: 'start it without --read-only to change anything',
    }),
  );
}

/** The engine with every verb that changes anything taken out; attaching is for watching. */
export function watchingEngine(engine: Engine): Engine {
  const images = onlyThese(engine.images, WATCHING_IMAGES, 'image ');
  const networks = onlyThese(engine.networks, WATCHING_NETWORKS, 'network ');
  const volumes = onlyThese(engine.volumes, WATCHING_VOLUMES, 'volume ');
  return new Proxy(engine, {
    get(target, name) {
      if (name === 'images') return images;
      if (name === 'networks') return networks;
      if (name === 'volumes') return volumes;
      if (name === 'attach') {
        const attach: Engine['attach'] = (ref, options) =>
          options?.stdin === true ? refusal('typing') : target.attach(ref, options);
        return attach;
      }
      return passed(target, name, WATCHING, '');
    },
  });
}

/** The same of the images: what looks is left. */
export const watchingImages = (images: ImagesPort): ImagesPort => onlyThese(images, LOOKING_AT_IMAGES, 'image ');

export const watchingNetworks = (networks: NetworksPort): NetworksPort =>
  onlyThese(networks, LOOKING_AT_NETWORKS, 'network ');
export const watchingVolumes = (volumes: VolumesPort): VolumesPort => onlyThese(volumes, LOOKING_AT_VOLUMES, 'volume ');

const onlyThese = <T extends object>(target: T, names: ReadonlySet<string>, prefix: string): T =>
  new Proxy(target, { get: (inner, name) => passed(inner, name, names, prefix) });

function passed(target: object, name: string | symbol, names: ReadonlySet<string>, prefix: string): unknown {
  const value: unknown = Reflect.get(target, name);
  if (typeof name === 'symbol') return value;
  if (!names.has(name)) return () => refusal(prefix + name);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}
