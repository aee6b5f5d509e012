// `tscontain-tui`: opens the dashboard. Composition root: the only place that puts engine, sampler and screen together.
import { realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { GLYPH_SETS, runDashboard, runPlain, THEME_NAMES, type DashboardOptions } from '../tui/index.js';
import { besideProgram, stateRoot } from './context.js';
import { EXIT } from './exit-codes.js';
import { version } from './version.js';

/** Names over as many lines as they need, below the first. */
const wrapped = (names: readonly string[]): string =>
  [names.slice(0, 6), names.slice(6)].map((line) => line.join(', ')).join(`,\n${' '.repeat(22)}`);

const USAGE = `Usage: tscontain-tui [options]

  --root DIR          directory of all state (TSCONTAIN_ROOT, /var/lib/tscontain)
  --interval MS       time between two samples, 100 to 5000 (1000)
  --theme NAME        ${wrapped(THEME_NAMES)}
  --colours WHICH     truecolour, 256, 16 or none, where the detected ones are wrong (NO_COLOR means none)
  --glyphs SET        draw graphs with braille, with blocks, or everything with plain ASCII
  --ascii             the same as --glyphs ascii
  --read-only         watch only: nothing can be changed from this dashboard
  --no-mouse          leave the mouse to the terminal
  --plain             sentences and typed words in place of a screen, for screen readers and pipes (TSCONTAIN_PLAIN=1)
  --version, --help
`;

interface Flags {
  readonly root: string;
  readonly intervalMs: number;
  readonly plain: boolean;
  readonly screen: Pick<DashboardOptions, 'choice' | 'mouse' | 'readOnly'>;
}

const COLOUR_DEPTHS = { truecolour: 'truecolour', 256: 256, 16: 16, none: 'none' } as const;
const COLOURS = ['truecolour', '256', '16', 'none'] as const;

/** @throws Error with one sentence */
function oneOf<T extends string>(flag: string, value: string | undefined, known: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = known.find((name) => name === value);
  if (found === undefined) throw new Error(`${flag} ${value} cannot be: give ${known.join(', ')}`);
  return found;
}

/** @throws Error with one sentence */
function readFlags(words: readonly string[]): Flags | 'help' | 'version' {
  const { values } = parseArgs({
    args: [...words],
    options: {
      root: { type: 'string' },
      interval: { type: 'string' },
      colours: { type: 'string' },
      theme: { type: 'string' },
      glyphs: { type: 'string' },
      ascii: { type: 'boolean' },
      'no-mouse': { type: 'boolean' },
      'read-only': { type: 'boolean' },
      plain: { type: 'boolean' },
      version: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  if (values.version === true) return 'version';
  const intervalMs = values.interval === undefined ? 1000 : Number(values.interval);
  if (!(intervalMs >= 100 && intervalMs <= 5000)) {
    throw new Error(`--interval ${values.interval ?? ''} cannot be: give milliseconds from 100 to 5000`);
  }
  const theme = oneOf('--theme', values.theme, THEME_NAMES);
  const colours = oneOf('--colours', values.colours, COLOURS);
  const glyphs = values.ascii === true ? 'ascii' : oneOf('--glyphs', values.glyphs, GLYPH_SETS);
  return {
    root: stateRoot(values.root, process.env),
    intervalMs,
    plain: values.plain ?? ['1', 'true', 'yes'].includes(process.env['TSCONTAIN_PLAIN'] ?? ''),
    screen: {
      choice: {
        ...(theme === undefined ? {} : { theme }),
        ...(colours === undefined ? {} : { colours: COLOUR_DEPTHS[colours] }),
        ...(glyphs === undefined ? {} : { glyphs }),
      },
      ...(values['no-mouse'] === true ? { mouse: false } : {}),
      ...(values['read-only'] === true ? { readOnly: true } : {}),
    },
  };
}

/** Why the dashboard cannot be opened here, if it cannot. */
function obstacle(words: readonly string[], plain: boolean): string | undefined {
  if (process.platform !== 'linux') return 'containers are made of Linux namespaces and cgroups, and this is no Linux';
  if (!plain && (!process.stdin.isTTY || !process.stdout.isTTY)) {
    return 'a dashboard needs a terminal: start it in one, give --plain, or use tscontain in scripts';
  }
  if (process.getuid?.() !== 0)
    return `making containers needs root: type  sudo ${['tscontain-tui', ...words].join(' ')}`;
  return undefined;
}

async function main(words: readonly string[]): Promise<number> {
  const fail = (sentence: string): number => {
    process.stderr.write(`tscontain-tui: ${sentence}\n`);
    return EXIT.failed;
  };
  let flags: Flags | 'help' | 'version';
  try {
    flags = readFlags(words);
  } catch (error) {
    return fail(
      `${(error instanceof Error ? error.message : String(error)).split('. To specify')[0]!}; --help lists what there is`,
    );
  }
  if (typeof flags === 'string') {
    process.stdout.write(flags === 'help' ? USAGE : `tscontain-tui ${version}\n`);
    return EXIT.ok;
  }
  const reason = obstacle(words, flags.plain);
  if (reason !== undefined) return fail(reason);
  const { root, intervalMs, screen } = flags;
  const programPath = realpathSync(process.argv[1] ?? '');
  const open = async (): ReturnType<DashboardOptions['open']> => {
    const [{ metricsPlaces, openEngine }, { createSampler, openArchive }] = await Promise.all([
      import('../engine/index.js'),
      import('../metrics/index.js'),
    ]);
    return {
      engine: await openEngine({ root, supervisorEntry: besideProgram(programPath, 'supervisor') }),
      sampler: createSampler({ intervalMs, factsProgram: besideProgram(programPath, 'facts') }),
      past: openArchive(metricsPlaces(root)),
    };
  };
  const { stdin: input, stdout: output, env } = process;
  if (flags.plain) {
    try {
      await runPlain({ open, input, output, readOnly: screen.readOnly ?? false });
    } catch (error) {
      return fail(error instanceof Error ? error.message : String(error));
    }
  } else {
    await runDashboard({ ...screen, input, output, env, open });
  }
  return EXIT.ok;
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
