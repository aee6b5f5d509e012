// Who a process in a container runs as: "user", "uid", "user:group", "uid:gid" against the image's own passwd and group
// files (passwd(5), group(5)), as Docker understands them. Pure. Tests: test/pure/engine/rootfs-users.test.ts.
import { TscontainError } from '../errors.js';

export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary one first: a process without it could lose a right that the files give it. */
  readonly groups: readonly number[];
  readonly home: string;
}

/** The largest id that setresuid(2) cannot take for -1, "leave as it is", on any of its ways through the kernel. */
const MAX_ID = 0x7fffffff;

interface PasswdEntry {
  readonly name: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly home: string;
}

interface GroupEntry {
  readonly name: string;
  readonly gid: number | undefined;
  readonly members: readonly string[];
}

function lines(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
}

/** An id as the files and people write it; undefined for what is none: signs, other characters, too large. */
export function parseId(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= MAX_ID ? id : undefined;
}

export function parsePasswd(text: string): PasswdEntry[] {
  return lines(text).map(([name = '', , uid, gid, , home]) => {
    return { name, uid: parseId(uid), gid: parseId(gid), home: home ?? '' };
  });
}

export function parseGroup(text: string): GroupEntry[] {
  return lines(text).map(([name = '', , gid, members = '']) => {
    return { name, gid: parseId(gid), members: members.split(',').filter((member) => member !== '') };
  });
}

const looksNumeric = (text: string): boolean => /^[+-]?[0-9]+$/.test(text);

function refuse(what: string, hint: string): never {
  throw new TscontainError('INVALID_VALUE', what, { hint });
}

function findUser(wanted: string, passwd: readonly PasswdEntry[]): Omit<PasswdEntry, 'uid'> & { uid: number } {
  if (wanted === '') return { name: 'root', gid: 0, home: '/', ...passwd.find((entry) => entry.uid === 0), uid: 0 };
  // A name wins over a number, so that a user whose name is digits can be meant; that is Docker's order too.
  const named = passwd.find((entry) => entry.name === wanted);
  if (named !== undefined) {
    if (named.uid === undefined || named.gid === undefined) {
      refuse(`user "${wanted}" has no valid uid and gid in the image's /etc/passwd`, `ids are 0 to ${MAX_ID}`);
    }
    return { ...named, uid: named.uid };
  }
  if (!looksNumeric(wanted))
    refuse(`there is no user "${wanted}" in the image's /etc/passwd`, 'use a user of the image, or a number');
  const uid = parseId(wanted) ?? refuse(`user id "${wanted}" is not possible`, `ids are 0 to ${MAX_ID}`);
  const known = passwd.find((entry) => entry.uid === uid);
  return { name: known?.name ?? '', uid, gid: known?.gid, home: known?.home ?? '' };
}

function findGroup(wanted: string, group: readonly GroupEntry[]): number {
  const named = group.find((entry) => entry.name === wanted);
  if (named !== undefined) {
    return (
      named.gid ?? refuse(`group "${wanted}" has no valid gid in the image's /etc/group`, `ids are 0 to ${MAX_ID}`)
    );
  }
  if (!looksNumeric(wanted))
    refuse(`there is no group "${wanted}" in the image's /etc/group`, 'use a group of the image, or a number');
  return parseId(wanted) ?? refuse(`group id "${wanted}" is not possible`, `ids are 0 to ${MAX_ID}`);
}

/**
 * @param spec "", "user", "uid", "user:group", "uid:gid"; "" is user 0
 * @param groupAdd further groups, by name or number
 * @throws TscontainError INVALID_VALUE for a name that the files do not have and for numbers out of range
 */
export function resolveUser(
  spec: string,
  groupAdd: readonly string[],
  files: { readonly passwd: string; readonly group: string },
): ResolvedUser {
  const [userPart = '', groupPart, ...rest] = spec.split(':');
  if (rest.length > 0) refuse(`user "${spec}" has more than one colon`, 'write user, uid, user:group or uid:gid');
  const group = parseGroup(files.group);
  const user = findUser(userPart, parsePasswd(files.passwd));
  const asked = groupPart === undefined || groupPart === '' ? undefined : findGroup(groupPart, group);
  const gid = asked ?? user.gid ?? 0;
  // Docker: who names a group gets that group and not the memberships of the user.
  const memberships =
    asked !== undefined || user.name === ''
      ? []
      : group.filter((entry) => entry.members.includes(user.name)).flatMap((entry) => entry.gid ?? []);
  const groups = [...new Set([gid, ...memberships, ...groupAdd.map((name) => findGroup(name, group))])];
  return { uid: user.uid, gid, groups, home: user.home.startsWith('/') ? user.home : '/' };
}
