// Instructions one by one: the keyword, its flags, its words, and the here documents below them. What is doubtful is noted as it is
// met. Pure.
import { applyInstruction, type ConfigWord } from '../../image/instructions.js';
import { NO_DEFAULTS } from '../../image/oci.js';
import { isTscontainError } from '../../errors.js';
import { shown } from '../../grammar/wrong.js';
import { readCopy } from './copy.js';
import { takeFlags, type Flags } from './flags.js';
import { KEYWORDS, type Arg, type Command, type From, type Instruction, type Run, type Words } from './instruction.js';
import { LineReader, type HereDocument, type LogicalLine } from './lines.js';
import { readMount } from './mount.js';
import { nearest } from './nearest.js';
import type { BuildError } from './position.js';
import { faultAt, type Source, type Warning } from './position.js';
import { jsonWords, plainWords, quotedWords, unquoted, type Word } from './words.js';

const JSON_IS_BETTER = 'JSONArgsRecommended';

export class Parser {
  readonly warnings: Warning[] = [];
  readonly #reader: LineReader;
  /** Upper or lower case, as the first instruction has it. */
  #isUpper: boolean | undefined;

  constructor(
    private readonly source: Source,
    private readonly escape: '\\' | '`',
    begin: number,
  ) {
    this.#reader = new LineReader(source.lines, escape, begin);
  }

  readAll(): Instruction[] {
    const instructions: Instruction[] = [];
    for (let line = this.#reader.read(); line !== undefined; line = this.#reader.read()) {
      const words = this.#instruction(line);
      instructions.push({ ...words, position: line.position(0), text: line.text });
    }
    return instructions;
  }

  #warn(rule: string, line: LogicalLine, offset: number, message: string): void {
    this.warnings.push({ rule, position: line.position(offset), message });
  }

  #instruction(line: LogicalLine): Words {
    const [written = ''] = /^\S+/.exec(line.text) ?? [];
    const keyword = written.toUpperCase();
    const known = KEYWORDS.find((each) => each === keyword);
    if (known === undefined) throw this.#unknown(line, written);
    if (line.emptyLine !== undefined) {
      const position = { line: line.emptyLine, column: 1 };
      this.warnings.push({
        rule: 'NoEmptyContinuation',
        position,
        message: 'an empty line stands in the middle of an instruction',
      });
    }
    this.#judgeCase(line, written);
    const begin = written.length + (/^\s*/.exec(line.text.slice(written.length))?.[0].length ?? 0);
    if (begin >= line.text.length) {
      throw faultAt(this.source, line.position(0), `${known} stands here alone`, {
        length: written.length,
        hint: `write what it is to do behind it, such as ${EXAMPLES[known]}`,
      });
    }
    if (known === 'ONBUILD') return this.#onBuild(line, begin);
    if (known === 'HEALTHCHECK') return this.#setting(known, line, begin);
    const { flags, rest } = takeFlags(this.source, known, {
      text: line.text,
      at: begin,
      escape: this.escape,
      position: (offset) => line.position(offset),
    });
    switch (known) {
      case 'FROM':
        return this.#from(line, flags, rest);
      case 'RUN':
        return this.#run(line, flags, rest);
      case 'COPY':
      case 'ADD':
        return this.#copy(known, line, flags, rest);
      case 'ARG':
        return this.#arg(line, rest);
      case 'MAINTAINER':
        this.#warn(
          'MaintainerDeprecated',
          line,
          0,
          'MAINTAINER is of old: write LABEL org.opencontainers.image.authors="…"',
        );
        return { keyword: known, rest: { text: line.text.slice(rest), position: line.position(rest) } };
      default:
        return this.#setting(known, line, rest);
    }
  }

  #unknown(line: LogicalLine, written: string): BuildError {
    const meant = nearest(written, KEYWORDS);
    return faultAt(this.source, line.position(0), `there is no instruction ${shown(written)}`, {
      length: written.length,
      hint: meant === undefined ? `there are ${[...KEYWORDS].sort().join(', ')}` : `did you mean ${meant}?`,
    });
  }

  #judgeCase(line: LogicalLine, written: string): void {
    const isUpper = written === written.toUpperCase() ? true : written === written.toLowerCase() ? false : undefined;
    this.#isUpper ??= isUpper;
    if (isUpper === undefined || isUpper !== this.#isUpper)
      this.#warn(
        'ConsistentInstructionCasing',
        line,
        0,
        `${shown(written)} is written in another way than the instructions above`,
      );
  }

  #from(line: LogicalLine, flags: Flags, rest: number): From {
    const words = plainWords(line.text.slice(rest), rest);
    const [image, as, name, ...others] = words;
    const platform = flags.get('platform');
    const wrongAs = as !== undefined && as.text.toUpperCase() !== 'AS';
    if (image === undefined || wrongAs || (as !== undefined && name === undefined) || others.length > 0) {
      const at = (wrongAs ? as : (others[0] ?? as ?? image))?.at ?? rest;
      throw faultAt(
        this.source,
        line.position(Math.min(at, line.text.length - 1)),
        'FROM has an image, and perhaps AS and a name',
        {
          hint: 'write FROM IMAGE or FROM IMAGE AS NAME',
        },
      );
    }
    if (name !== undefined) this.#judgeStageName(line, name, as!);
    return {
      keyword: 'FROM',
      image: { text: image.text, position: line.position(image.at) },
      ...(platform === undefined ? {} : { platform: { text: platform.value!, position: platform.position } }),
      ...(name === undefined ? {} : { as: name.text.toLowerCase() }),
    };
  }

  #judgeStageName(line: LogicalLine, name: Word, as: Word): void {
    if (!/^[a-z][a-z0-9_.-]*$/i.test(name.text)) {
      throw faultAt(this.source, line.position(name.at), `${shown(name.text)} is no name for a stage`, {
        length: name.text.length,
        hint: 'it begins with a letter and has letters, digits and - _ . in it',
      });
    }
    if (name.text !== name.text.toLowerCase())
      this.#warn(
        'StageNameCasing',
        line,
        name.at,
        `the name of the stage ${shown(name.text)} has capitals, which do not count`,
      );
    if (['context', 'scratch'].includes(name.text.toLowerCase()))
      this.#warn(
        'ReservedStageName',
        line,
        name.at,
        `${shown(name.text)} has a meaning of its own: give the stage another name`,
      );
    const isUpper = line.text.startsWith('FROM');
    if (isUpper !== (as.text === 'AS')) this.#warn('FromAsCasing', line, as.at, 'FROM and AS are written in two ways');
  }

  #run(line: LogicalLine, flags: Flags, rest: number): Run {
    const network = flags.get('network');
    const wish = network?.value?.toLowerCase() ?? 'default';
    if (wish !== 'default' && wish !== 'none' && wish !== 'host')
      throw flags.fault(network!, `the network of RUN cannot be ${shown(wish)}`, 'give default, none or host');
    const command = this.#command('RUN', line, rest);
    const hereDocuments =
      command.form === 'exec' ? [] : this.#hereDocuments(line, rest).map(({ document }) => document);
    return {
      keyword: 'RUN',
      command,
      hereDocuments,
      mounts: flags.list('mount').map((flag) => readMount(flags, flag)),
      network: wish,
    };
  }

  #command(keyword: string, line: LogicalLine, rest: number): Command {
    const text = line.text.slice(rest);
    const json = jsonWords(text);
    if (json === 'not strings') {
      throw faultAt(this.source, line.position(rest), 'a command in JSON form is a list of strings', {
        length: text.length,
        hint: 'put every word of it in double quotes',
      });
    }
    if (json !== undefined) {
      if (json.length === 0)
        throw faultAt(this.source, line.position(rest), `the list of ${keyword} is empty`, {
          hint: 'name a program in it',
        });
      return { form: 'exec', words: json };
    }
    this.#judgeShellForm(keyword, line, rest);
    if (text.trim() === '')
      throw faultAt(this.source, line.position(0), `${keyword} has no command`, { hint: 'write it behind the flags' });
    return { form: 'shell', text };
  }

  /** What was meant as JSON and is none is run by a shell, which then looks for a program called "[". */
  #judgeShellForm(keyword: string, line: LogicalLine, rest: number): void {
    if (/^\s*\[(?!\[?\s).*\]\s*$/s.test(line.text.slice(rest)))
      this.#warn(
        'InvalidJSONForm',
        line,
        rest,
        `this looks like a list in JSON and is none, so a shell gets it: ${keyword} wants double quotes in it`,
      );
  }

  #hereDocuments(line: LogicalLine, rest: number): { word: Word; document: HereDocument }[] {
    if (!line.text.includes('<<')) return [];
    return quotedWords(line.text.slice(rest), rest, this.escape).flatMap((word) => {
      const match = /^\d*<<(-?)([^<]+)$/s.exec(word.text);
      if (!match) return [];
      const name = unquoted(match[2]!, this.escape);
      if (name === '' || /\s/.test(name)) return [];
      const document = this.#reader.hereDocument({ name, chomps: match[1] === '-', expands: name === match[2] });
      if (document === undefined) {
        throw faultAt(
          this.source,
          line.position(word.at),
          `this here document has no end: there is no line ${shown(name)} below`,
          {
            length: word.text.length,
            hint: 'the word that ends it stands alone on its line',
          },
        );
      }
      return [{ word, document }];
    });
  }

  #copy(keyword: 'COPY' | 'ADD', line: LogicalLine, flags: Flags, rest: number): Words {
    const text = line.text.slice(rest);
    const json = jsonWords(text);
    if (json === 'not strings')
      throw faultAt(this.source, line.position(rest), 'the JSON form of paths is a list of strings', {
        hint: 'put every path in double quotes',
      });
    const words = json === undefined ? plainWords(text, rest) : json.map((word) => ({ text: word, at: rest }));
    const documents = json === undefined ? this.#hereDocuments(line, rest) : [];
    return readCopy(keyword, { source: this.source, line, flags, words, documents, isJson: json !== undefined });
  }

  #arg(line: LogicalLine, rest: number): Arg {
    const args = quotedWords(line.text.slice(rest), rest, this.escape).map((word) => {
      const equals = word.text.indexOf('=');
      const name = unquoted(equals < 0 ? word.text : word.text.slice(0, equals), this.escape);
      const position = line.position(word.at);
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw faultAt(this.source, position, `${shown(name)} is no name for an argument`, {
          length: word.text.length,
          hint: 'it has letters, digits and _, and begins with no digit',
        });
      }
      const value = { text: word.text.slice(equals + 1), position: line.position(word.at + equals + 1) };
      return { name, position, ...(equals < 0 ? {} : { value }) };
    });
    if (args.length === 0)
      throw faultAt(this.source, line.position(0), 'ARG names no argument', {
        hint: 'write ARG NAME or ARG NAME=value',
      });
    return { keyword: 'ARG', args };
  }

  #setting(keyword: ConfigWord, line: LogicalLine, rest: number): Words {
    const text = line.text.slice(rest);
    if (keyword === 'CMD' || keyword === 'ENTRYPOINT') {
      const { form } = this.#command(keyword, line, rest);
      if (form === 'shell')
        this.#warn(
          JSON_IS_BETTER,
          line,
          rest,
          `${keyword} in shell form runs a shell that hands on no signals: write it as a list in JSON`,
        );
    }
    if ((keyword === 'ENV' || keyword === 'LABEL') && !/^\S*=/.test(text))
      this.#warn('LegacyKeyValueFormat', line, rest, `${keyword} name value is of old: write ${keyword} name=value`);
    this.#judgeSecrets(keyword, line, rest);
    // Without variables it means what it says, whatever the image below: then a fault is told before anything is done.
    if (!text.includes('$')) {
      try {
        applyInstruction({ config: NO_DEFAULTS, hasOwnCmd: false }, keyword, text, {
          expand: (word) => unquoted(word, this.escape),
          escape: this.escape,
        });
      } catch (error) {
        if (!isTscontainError(error)) throw error;
        throw faultAt(this.source, line.position(rest), error.message, { length: text.length });
      }
    }
    return { keyword, rest: { text, position: line.position(rest) }, at: (offset) => line.position(rest + offset) };
  }

  #judgeSecrets(keyword: ConfigWord, line: LogicalLine, rest: number): void {
    if (keyword !== 'ENV') return;
    const name =
      /(?:^|\s)([A-Za-z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|APIKEY|API_KEY|PRIVATE_KEY)[A-Za-z0-9_]*)=/i.exec(
        line.text.slice(rest),
      );
    if (name !== null)
      this.#warn(
        'SecretsUsedInArgOrEnv',
        line,
        rest + name.index,
        `${shown(name[1]!)} would stay in the image for all to read: use RUN --mount=type=secret`,
      );
  }

  /** What follows is read now, for its faults, and again when its time has come. */
  #onBuild(line: LogicalLine, begin: number): Words {
    const text = line.text.slice(begin);
    const [written = ''] = /^\S+/.exec(text) ?? [];
    const keyword = written.toUpperCase();
    if (keyword === 'ONBUILD' || keyword === 'FROM' || keyword === 'MAINTAINER') {
      throw faultAt(this.source, line.position(begin), `ONBUILD cannot put off ${keyword}`, {
        length: written.length,
        hint: 'any other instruction can be put off',
      });
    }
    const documents = ['RUN', 'COPY', 'ADD'].includes(keyword) ? this.#hereDocuments(line, begin) : [];
    const below = documents.map(({ document }) => `\n${document.raw}${document.name}`).join('');
    if (documents.length === 0)
      new Parser(this.source, this.escape, this.source.lines.length).#instruction(line.from(begin));
    const rest = { text: text + below, position: line.position(begin) };
    return { keyword: 'ONBUILD', rest, at: (offset) => line.position(begin + offset) };
  }
}

const EXAMPLES: Readonly<Record<(typeof KEYWORDS)[number], string>> = {
  FROM: 'FROM debian:12',
  RUN: 'RUN make',
  COPY: 'COPY . /app',
  ADD: 'ADD rootfs.tar /',
  ARG: 'ARG VERSION=1',
  MAINTAINER: 'MAINTAINER Ada',
  CMD: 'CMD ["bash"]',
  ENTRYPOINT: 'ENTRYPOINT ["/app"]',
  ENV: 'ENV MODE=fast',
  EXPOSE: 'EXPOSE 80',
  HEALTHCHECK: 'HEALTHCHECK CMD curl -f http://localhost/',
  LABEL: 'LABEL version=1',
  ONBUILD: 'ONBUILD RUN make',
  SHELL: 'SHELL ["/bin/bash", "-c"]',
  STOPSIGNAL: 'STOPSIGNAL SIGINT',
  USER: 'USER nobody',
  VOLUME: 'VOLUME /data',
  WORKDIR: 'WORKDIR /app',
};
