// COPY and ADD: which words are sources and which is the target, and what their flags say. Pure.
import { shown } from '../../grammar/wrong.js';
import type { Copy, Raw } from './instruction.js';
import type { Flag, Flags } from './flags.js';
import type { HereDocument, LogicalLine } from './lines.js';
import { faultAt, type Source } from './position.js';
import type { Word } from './words.js';

interface CopyLine {
  readonly source: Source;
  readonly line: LogicalLine;
  readonly flags: Flags;
  readonly words: readonly Word[];
  readonly documents: readonly { readonly word: Word; readonly document: HereDocument }[];
  readonly isJson: boolean;
}

/** @throws BuildError */
export function readCopy(keyword: 'COPY' | 'ADD', { source, line, flags, words, documents, isJson }: CopyLine): Copy {
  const target = words.at(-1);
  if (target === undefined || words.length < 2) {
    throw faultAt(source, line.position(0), `${keyword} needs a source and a target`, {
      length: keyword.length,
      hint: `write ${keyword} SOURCE TARGET, or ${keyword} ["SOURCE", "TARGET"] where one of them has a space`,
    });
  }
  const inline = documents.map(({ word, document }) => ({
    path: document.name,
    document,
    position: line.position(word.at),
  }));
  const isDocument = (word: Word) => documents.some((each) => each.word.at === word.at);
  if (documents.some((each) => each.word.at === target.at)) {
    throw faultAt(source, line.position(target.at), 'the last word is where things go: it cannot be a here document', {
      length: target.text.length,
    });
  }
  const raw = (word: Word): Raw => ({ text: word.text, position: line.position(word.at) });
  const sources = words.slice(0, -1).filter((word) => isJson || !isDocument(word));
  for (const word of sources) refuseGit(keyword, source, raw(word));
  if (documents.length > 0 && flags.get('from') !== undefined)
    throw flags.fault(flags.get('from')!, 'a here document comes from the Dockerfile and not from --from');
  return {
    keyword,
    sources: sources.map(raw),
    inline,
    target: raw(target),
    flags: flags.all.map((flag) => flag.text),
    ...rawFlag('from', flags),
    ...rawFlag('chown', flags),
    ...rawFlag('chmod', flags),
    ...rawFlag('checksum', flags),
    link: flags.isSet('link'),
    parents: flags.isSet('parents'),
    excludes: flags.list('exclude').map(rawOf),
    ...(flags.get('unpack') === undefined ? {} : { unpack: flags.isSet('unpack') }),
  };
}

const rawOf = (flag: Flag): Raw => ({ text: flag.value!, position: flag.position });

function rawFlag<N extends string>(name: N, flags: Flags): Partial<Record<N, Raw>> {
  const flag = flags.get(name);
  return flag === undefined ? {} : ({ [name]: rawOf(flag) } as Record<N, Raw>);
}

function refuseGit(keyword: 'COPY' | 'ADD', source: Source, word: Raw): void {
  if (keyword !== 'ADD') return;
  if (!/^(git@|git:\/\/|ssh:\/\/)/.test(word.text) && !/^https?:\/\/.*\.git(#.*)?$/.test(word.text)) return;
  throw faultAt(source, word.position, `nothing is fetched by git, as ${shown(word.text)} would have to be`, {
    length: word.text.length,
    hint: 'clone it beside the Dockerfile, and COPY it',
  });
}
