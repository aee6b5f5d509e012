// Names of containers, projects, volumes and hosts: Docker's grammar, and names for those who have none. Pure but for chance.
import { randomInt } from 'node:crypto';
import { wrong } from './wrong.js';

export const CONTAINER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/;
const NETWORK_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;
/** What --network takes for something else. */
const NO_NETWORK_NAMES: readonly string[] = ['none', 'host', 'default', 'bridge'];
/** Also a directory of the cgroup tree, so no capitals that a mistyped one would fork, and no leading @, which is ours. */
const PROJECT_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
/** Also a directory, so no longer than the name of a file. */
const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/;
const HOST_LABEL = /^[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?$/;
/** HOST_NAME_MAX of sethostname(2). */
const HOST_NAME_MAX = 64;

export function parseContainerName(text: string): string {
  // Docker's own way of showing names has a slash before them.
  const name = text.replace(/^\//, '');
  if (CONTAINER_NAME.test(name)) return name;
  throw wrong(
    'the name',
    text,
    name.length > 128
      ? 'it is longer than 128 characters'
      : 'give letters, digits, _ . and -, two at least, beginning with a letter or digit',
  );
}

export function parseNetworkName(text: string): string {
  if (NO_NETWORK_NAMES.includes(text))
    throw wrong('the name of the network', text, '--network takes it for something else: choose another');
  if (NETWORK_NAME.test(text)) return text;
  throw wrong(
    'the name of the network',
    text,
    'give up to 128 letters, digits, _ . and -, beginning with a letter or digit',
  );
}

export function parseProject(text: string): string {
  if (PROJECT_NAME.test(text)) return text;
  throw wrong('the project', text, 'give up to 63 small letters, digits, _ and -, beginning with a letter or digit');
}

export const isVolumeName = (text: string): boolean => VOLUME_NAME.test(text);

export function parseVolumeName(text: string, what = 'the volume'): string {
  if (isVolumeName(text)) return text;
  throw wrong(
    what,
    text,
    text.includes('/')
      ? 'a name has no slash; a path on the host begins with / or ./'
      : text.length > 255
        ? 'its name is longer than 255 characters'
        : 'give letters, digits, _ . and -, two at least, beginning with a letter or digit',
  );
}

export function parseHostname(text: string, what = 'the host name'): string {
  if (text.length <= HOST_NAME_MAX && text.split('.').every((label) => HOST_LABEL.test(label))) return text;
  throw wrong(what, text, `give letters, digits, - and dots between them, at most ${HOST_NAME_MAX} characters`);
}

const MOODS = (
  'able agile amber apt awake blithe bold brave breezy bright brisk calm candid clear clever cosy crisp daring deft dewy eager ' +
  'early fair fleet fond frank fresh gentle glad golden grand green happy hardy hazel jolly keen kind light lively lucid ' +
  'lunar mellow merry mild neat nimble noble open patient placid plucky polite proud quick quiet ready rosy sage serene ' +
  'silver sleek smooth snug solid spry steady still stout sunny swift tender tidy true upbeat vivid warm wise witty zesty'
).split(' ');
const THINGS = (
  'acorn alder anchor arbor aster badger basin beacon beaver birch bison brook canyon cedar clover comet coral cove crane ' +
  'creek delta dune eagle ember falcon fern finch fjord forest fox garnet glacier grove harbor hawk heron hill ibis iris ' +
  'island jasper juniper kestrel lagoon lake lark laurel linden lotus lynx maple marten meadow mesa moss oak orchid osprey ' +
  'otter owl pebble pine plover poplar prairie quail quartz raven reed ridge river robin sparrow spruce stork summit swan ' +
  'thrush tide tulip valley walnut willow wren'
).split(' ');

/**
 * A name such as "calm_otter" that `isTaken` does not know; a number is added when chance is against us.
 * Whoever takes it may still be late: ask again then.
 */
export function generateName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${MOODS[randomInt(MOODS.length)]!}_${THINGS[randomInt(THINGS.length)]!}`;
    const candidate = attempt < 8 ? name : `${name}${randomInt(10 ** Math.min(attempt - 6, 9))}`;
    if (!isTaken(candidate)) return candidate;
  }
}
