// Container names: symbolic links to ids, so that looking one up is one call and no two containers can have the same.
import { lstatSync, readdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { lockFile } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { CONTAINER_NAME } from '../grammar/names.js';
import { errnoOf, fileError } from './file-errors.js';
import { makeDirectory } from './make-directory.js';
import { layout, parseMakerName } from './layout.js';

export interface Names {
  /** The id behind a name; undefined when nobody has it. */
  idOfName(name: string): string | undefined;
  /** Whether there is a container with this id, one is being made, or one that was removed may be coming back. */
  isKnown(id: string): boolean;
  /** Every name that is taken, with its id. */
  takenNames(): { name: string; id: string }[];
  /** @throws TscontainError NAME_IN_USE */
  takeName(name: string, id: string): Promise<void>;
  /** Nothing happens when another container has it by now. */
  releaseName(name: string, id: string): Promise<void>;
}

export function createNames(root: string): Names {
  function idOfName(name: string): string | undefined {
    // The grammar keeps "../x" and ".lock" from being read as a path.
    if (!CONTAINER_NAME.test(name)) return undefined;
    try {
      return readlinkSync(layout.name(root, name));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EINVAL' || errnoOf(error) === 'ENAMETOOLONG')
        return undefined;
      throw fileError(error, `look up the name ${name}`);
    }
  }

  /** All changes go through one short lock, so that a name left by a crash can be taken over by one taker only. */
  async function changing<T>(doing: string, action: () => T): Promise<T> {
    try {
      makeDirectory(layout.names(root));
      const lock = await lockFile(layout.namesLock(root));
      try {
        return action();
      } finally {
        lock.release();
      }
    } catch (error) {
      throw fileError(error, doing);
    }
  }

  /** Being made is looked at first: what is renamed into place between the two looks is then seen by the second. */
  const isKnown = (id: string) =>
    isBeingMade(id) || isThere(layout.removedContainer(root, id)) || isThere(layout.container(root, id));

  function isBeingMade(id: string): boolean {
    return readdirSync(layout.containers(root)).some((entry) => {
      const unfinished = parseMakerName(entry);
      return unfinished?.kind === 'new' && unfinished.id === id;
    });
  }

  return {
    idOfName,
    isKnown,

    takenNames() {
      try {
        return readdirSync(layout.names(root)).flatMap((name) => {
          const id = idOfName(name);
          return id === undefined ? [] : [{ name, id }];
        });
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return [];
        throw fileError(error, 'list the names');
      }
    },

    takeName(name, id) {
      return changing(`take the name ${name}`, () => {
        const holder = idOfName(name);
        if (holder === id) return;
        if (holder !== undefined) {
          if (isKnown(holder))
            throw new TscontainError('NAME_IN_USE', `the name ${name} is taken by container ${holder.slice(0, 12)}`, {
              hint: 'choose another name, or remove or rename that container',
            });
          unlinkSync(layout.name(root, name));
        }
        symlinkSync(id, layout.name(root, name));
      });
    },

    releaseName(name, id) {
      return changing(`release the name ${name}`, () => {
        if (idOfName(name) === id) unlinkSync(layout.name(root, name));
      });
    },
  };
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
