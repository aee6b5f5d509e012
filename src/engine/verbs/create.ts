// create: a container comes to be, as files and a cgroup. It is built out of sight and appears by one rename.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { atomicWrite, startTimeOf, SyscallError } from '../../native/index.js';
import { isTscontainError, TscontainError } from '../errors.js';
import { generateName } from '../grammar/names.js';
import { shown } from '../grammar/wrong.js';
import { whileImageStays } from '../image/stays.js';
import { writeEtcFiles } from '../launch/etc-files.js';
import { requirePossibleTarget } from '../launch/placing.js';
import { deviceRules } from '../launch/sources.js';
import { settleNetworks } from '../network/settle.js';
import { parseVolumesFrom } from '../grammar/volume-words.js';
import type { Container, ContainerConfig, ContainerState, CreateSpec, Image, Mount } from '../model.js';
import { openMerged } from '../rootfs/merged.js';
import { mountRoot } from '../rootfs/overlay.js';
import { fileError } from '../state/file-errors.js';
import { layout, makerName } from '../state/layout.js';
import { makeDirectory } from '../state/make-directory.js';
import { sparePath, writeOver } from '../state/replace-file.js';
import { Undo } from '../state/undo.js';
import { configure, requireNoProblems } from '../validate.js';
import { completeMounts, inheritedMounts } from '../volume/complete-mounts.js';
import { nameVolume } from '../volume/create.js';
import { provideVolumes } from '../volume/provide.js';
import { tell, type Parts } from './parts.js';

/** @throws TscontainError INVALID_VALUE, NO_SUCH_IMAGE, NO_SUCH_NETWORK, NO_SUCH_PATH, NAME_IN_USE, CONTROLLER_MISSING, NO_SPACE, READ_ONLY … */
export async function create(parts: Parts, wanted: CreateSpec): Promise<Container> {
  const { store } = parts;
  const image = await parts.images.get(wanted.image);
  const spec = await settleNetworks(parts, wanted);
  const id = randomBytes(32).toString('hex');
  for (;;) {
    const name = generateName((candidate) => store.idOfName(candidate) !== undefined);
    const facts = { id, name, created: new Date().toISOString(), cpus: cpus().length };
    const { config: asked, problems } = configure(spec, image, facts);
    requireNoProblems(problems);
    const config = { ...asked, mounts: mountsOf(parts, asked) };
    requireSources(config);
    try {
      await build(parts, config, image);
      break;
    } catch (error) {
      // Somebody was faster with a name that we had made up ourselves: make up another.
      if (spec.name !== undefined || !isTscontainError(error, 'NAME_IN_USE')) throw error;
    }
  }
  const container = store.load(id);
  store.touch();
  tell(parts, container, 'create');
  return container;
}

/** With those of other containers and of its image. @throws TscontainError NO_SUCH_CONTAINER, INVALID_VALUE (a path of the image) */
export function mountsOf({ store }: Pick<Parts, 'store'>, config: ContainerConfig): Mount[] {
  const inherited = (config.volumesFrom ?? []).flatMap((text) => {
    const { container, readOnly } = parseVolumesFrom(text);
    return inheritedMounts(store.readConfig(store.resolve(container)).mounts, readOnly);
  });
  const mounts = completeMounts({ asked: config.mounts, inherited, volumes: config.volumes ?? [], nameVolume });
  mounts.forEach(requirePossibleTarget);
  return mounts;
}

/** Docker's rule: what -v names is made when it starts, what --mount names is there. */
function requireSources(config: ContainerConfig): void {
  for (const mount of config.mounts) {
    if (mount.type === 'bind' && mount.createSource !== true && !existsSync(mount.source))
      throw new TscontainError(
        'NO_SUCH_PATH',
        `there is no ${shown(mount.source)} on this host to mount at ${shown(mount.target)}`,
        {
          hint: `make it first: mkdir -p ${shown(mount.source)}`,
        },
      );
  }
}

/** Whatever fails, nothing is left: each thing made is noted with its undoing. */
async function build({ root, store, driver, content }: Parts, config: ContainerConfig, image: Image): Promise<void> {
  const { id, name } = config;
  const undo = new Undo();
  let releaseVolumes: (() => void) | undefined;
  try {
    makeDirectory(layout.containers(root));
    // Recover leaves it alone as long as the process lives whose identity its name carries.
    const staging = makerName('new', { pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 }, id);
    const directory = layout.container(root, staging);
    undo.add(() => rmSync(directory, { recursive: true, force: true }));
    makeDirectories(root, staging, image);
    writeEtcFiles(root, { ...config, id: staging });
    await atomicWrite(layout.config(root, staging), JSON.stringify(config, undefined, 1));
    const state = JSON.stringify(INITIAL_STATE);
    writeOver(layout.state(root, staging), state);
    // Made here, so that the first start need not.
    writeOver(sparePath(layout.state(root, staging)), state);
    writeFileSync(layout.lock(root, staging), '', { mode: 0o600 });

    undo.add(() => store.releaseName(name, id));
    await store.takeName(name, id);

    const paths = driver.paths(config.project ?? 'default', id);
    undo.add(() => driver.remove(paths));
    driver.create(paths, config.limits, deviceRules(config));

    const openImage = () => openFiles(root, staging, image);
    releaseVolumes = await provideVolumes({ store, config, openImage, undo });
    await whileImageStays(content, image.id, () => renameSync(directory, layout.container(root, id)));
  } catch (error) {
    await undo.run();
    throw fileError(error, `create container ${name}`);
  } finally {
    releaseVolumes?.();
  }
}

/** What the image has, as the container will find it. */
async function openFiles(root: string, staging: string, { layers }: Image): Promise<{ fd: number; close(): void }> {
  const directories = { layers, upper: layout.upper(root, staging), work: layout.work(root, staging) };
  let fd: number;
  try {
    fd = openMerged(directories);
  } catch (error) {
    // Without overlay it is a copy, which the first start would make.
    if (!(error instanceof SyscallError)) throw error;
    ({ fd } = await mountRoot(directories));
  }
  return { fd, close: () => closeSync(fd) };
}

const INITIAL_STATE: ContainerState = {
  schema: 1,
  status: 'created',
  oomKilled: false,
  restartCount: 0,
  stopRequested: false,
};

function makeDirectories(root: string, staging: string, image: Image): void {
  mkdirSync(layout.container(root, staging), { mode: 0o700 });
  for (const place of [layout.work, layout.etc, layout.run, layout.logs])
    mkdirSync(place(root, staging), { mode: 0o700 });
  const upper = layout.upper(root, staging);
  mkdirSync(upper);
  // The root directory of an overlay looks like that of its upper layer.
  const top = image.layers.at(-1);
  const { mode, uid, gid } = top === undefined ? { mode: 0o755, uid: 0, gid: 0 } : statSync(top);
  chmodSync(upper, mode & 0o7777);
  chownSync(upper, uid, gid);
}
