// The lines of an image's history, in the words in which Docker writes them: other tools read them. Pure.
import type { ConfigWord } from '../image/instructions.js';
import type { ImageDefaults } from '../image/oci.js';

const SIGN = '# buildkit';

export function historyOfRun(args: readonly string[], argv: readonly string[]): string {
  const given = args.length === 0 ? '' : `|${args.length} ${args.join(' ')} `;
  return `RUN ${given}${argv.join(' ')} ${SIGN}`;
}

export function historyOfCopy(
  keyword: 'COPY' | 'ADD',
  flags: readonly string[],
  sources: readonly string[],
  target: string,
): string {
  return [keyword, ...flags, ...sources, target, SIGN].join(' ');
}

const list = (words: readonly string[]): string => `[${words.map((word) => JSON.stringify(word)).join(' ')}]`;

/** What it says of itself after the instruction, where that is clearer than the words of the instruction. */
export function historyOfSetting(
  keyword: ConfigWord,
  text: string,
  before: ImageDefaults,
  after: ImageDefaults,
): string {
  switch (keyword) {
    case 'CMD':
      return `CMD ${list(after.cmd)}`;
    case 'ENTRYPOINT':
      return `ENTRYPOINT ${list(after.entrypoint)}`;
    case 'WORKDIR':
      return `WORKDIR ${after.workingDir}`;
    case 'USER':
      return `USER ${after.user}`;
    case 'STOPSIGNAL':
      return `STOPSIGNAL ${after.stopSignal ?? ''}`;
    case 'ENV':
      return `ENV ${after.env.filter((entry) => !before.env.includes(entry)).join(' ') || text.trim()}`;
    case 'EXPOSE':
      return `EXPOSE [${after.exposedPorts.filter((port) => !before.exposedPorts.includes(port)).join(' ')}]`;
    case 'VOLUME':
      return `VOLUME [${after.volumes.filter((path) => !before.volumes.includes(path)).join(' ')}]`;
    case 'SHELL':
      return `SHELL [${(after.shell ?? []).join(' ')}]`;
    case 'LABEL':
    case 'HEALTHCHECK':
    case 'ONBUILD':
      return `${keyword} ${text.trim()}`;
  }
}
