// -v and --volumes-from, in Docker's grammar. Pure.
import { isAbsolute } from 'node:path';
import type { Mount } from '../model.js';
import {
  checkedVolumeMount,
  hostPath,
  isPropagation,
  parseTarget,
  PROPAGATIONS,
  type Bind,
  type Writable,
} from './mounts.js';
import { parseVolumeName } from './names.js';
import { shown, wrong } from './wrong.js';

/** Options that say the same thing in different ways: one of each kind at most. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  access: ['ro', 'rw'],
  /** of SELinux: there is nothing to be labelled where it is not */
  label: ['z', 'Z'],
  propagation: PROPAGATIONS,
  copy: ['nocopy'],
  /** of Docker on other systems: here everything is consistent */
  consistency: ['consistent', 'cached', 'delegated'],
};

const kindOf = (option: string): string | undefined => Object.keys(KINDS).find((kind) => KINDS[kind]!.includes(option));
const isMode = (text: string): boolean => text.split(',').every((option) => kindOf(option) !== undefined);

/** "/host:/container", "name:/container" and either with ":ro,rslave" or the like behind; "/container" is a volume without a name. */
export function parseVolume(text: string): Mount {
  const what = 'the volume';
  const [first = '', second, mode, ...rest] = text.split(':');
  if (rest.length > 0 || text.includes('\0'))
    throw wrong(what, text, 'give /host:/container or name:/container, and after a further colon options such as ro');
  if (second === undefined) return { type: 'volume', source: '', target: parseTarget(first, what), readOnly: false };
  if (mode === undefined && isMode(second))
    throw wrong(what, text, `${shown(second)} is an option: give /host or a name before the path in the container too`);
  if (first === '') throw wrong(what, text, 'before the colon stands /host or a name');
  const target = parseTarget(second, what);
  const options = readOptions(mode, text);
  const readOnly = options.has('ro');
  const propagation = [...options].find(isPropagation);
  if (!isAbsolute(first)) {
    if (propagation !== undefined)
      throw wrong(what, text, `${propagation} goes with a path on the host, not with a name`);
    const volume: Mount = { type: 'volume', source: parseVolumeName(first, what), target, readOnly };
    return checkedVolumeMount(options.has('nocopy') ? { ...volume, noCopy: true } : volume);
  }
  if (options.has('nocopy'))
    throw wrong(what, text, 'nocopy goes with a name: nothing is ever copied to a path on the host');
  const bind: Writable<Bind> = {
    type: 'bind',
    source: hostPath(first),
    target,
    readOnly,
    propagation: propagation ?? 'rprivate',
    createSource: true,
  };
  return bind;
}

function readOptions(mode: string | undefined, text: string): ReadonlySet<string> {
  const seen = new Map<string, string>();
  for (const option of mode?.split(',') ?? []) {
    const kind = kindOf(option);
    if (kind === undefined)
      throw wrong(
        'the volume',
        text,
        `${shown(option)} is no option of it: there are ro, rw, nocopy, z, Z, ${PROPAGATIONS.join(', ')}`,
      );
    const other = seen.get(kind);
    if (other !== undefined) throw wrong('the volume', text, `${other} and ${option} do not go together`);
    seen.set(kind, option);
  }
  return new Set(seen.values());
}

export interface VolumesFrom {
  /** name or id */
  readonly container: string;
  readonly readOnly: boolean;
}

/** "container", "container:ro". */
export function parseVolumesFrom(text: string): VolumesFrom {
  const [container = '', mode = 'rw', ...rest] = text.split(':');
  if (container !== '' && rest.length === 0 && ['ro', 'rw', 'z', 'Z'].includes(mode))
    return { container, readOnly: mode === 'ro' };
  throw wrong('the container to have volumes from', text, 'give its name or id, then perhaps :ro');
}
