// `tscontain-tui`: opens the dashboard. Composition root: the only place that puts engine, sampler and screen together.
import { realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  COLOUR_NAMES,
  configPath,
  configText,
  GLYPH_SETS,
  loadConfig,
  runDashboard,
  removeDemo,
  runPlain,
  THEME_NAMES,
  type DashboardOptions,
} from '../tui/index.js';
import { besideProgram, stateRoot } from './context.js';
import { EXIT } from './exit-codes.js';
import { readGuardFile } from './guard-file.js';
import { printable } from './output.js';
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
  --demo              start three services and a noisy one that wakes after ten seconds; removed again at the end
  --read-only         watch only: nothing can be changed from this dashboard
  --guard FILE        rules by which it may act (docs/guard.md); a dry run until it is armed from the palette
  --config FILE       settings (TSCONTAIN_CONFIG, $XDG_CONFIG_HOME/tscontain/config.yaml)
  --print-config      print the settings in force, each with what it is for
  --no-mouse          leave the mouse to the terminal
  --plain             sentences and typed words in place of a screen, for screen readers and pipes (TSCONTAIN_PLAIN=1)
  --version, --help
`;

interface Flags {
  readonly root: string;
  /** the file that --config names */
  readonly config: string | undefined;
  readonly printConfig: boolean;
  readonly readOnly: boolean;
  /** the file that --guard names */
  readonly guard: string | undefined;
  readonly demo: boolean;
  readonly plain: boolean;
  readonly settings: NonNullable<DashboardOptions['flags']>;
}

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
      config: { type: 'string' },
      'print-config': { type: 'boolean' },
      glyphs: { type: 'string' },
      ascii: { type: 'boolean' },
      'no-mouse': { type: 'boolean' },
      'read-only': { type: 'boolean' },
      guard: { type: 'string' },
      demo: { type: 'boolean' },
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
  if (values.demo === true && (values['read-only'] === true || values.plain === true)) {
    throw new Error('--demo starts containers on a screen: leave out --read-only and --plain');
  }
  const theme = oneOf('--theme', values.theme, ['auto', ...THEME_NAMES]);
  const colours = oneOf('--colours', values.colours, ['auto', ...COLOUR_NAMES]);
  const glyphs = values.ascii === true ? 'ascii' : oneOf('--glyphs', values.glyphs, ['auto', ...GLYPH_SETS]);
  return {
    root: stateRoot(values.root, process.env),
    config: values.config,
    printConfig: values['print-config'] === true,
    readOnly: values['read-only'] === true,
    guard: values.guard,
    demo: values.demo === true,
    plain: values.plain ?? ['1', 'true', 'yes'].includes(process.env['TSCONTAIN_PLAIN'] ?? ''),
    settings: {
      ...(values.interval === undefined ? {} : { interval: intervalMs }),
      ...(theme === undefined ? {} : { theme }),
      ...(colours === undefined ? {} : { colours }),
      ...(glyphs === undefined ? {} : { glyphs }),
      ...(values['no-mouse'] === true ? { mouse: false } : {}),
    },
  };
}

/** @throws Error with what is wrong with the file, a line each */
function readGuard(path: string): NonNullable<DashboardOptions['guard']> {
  const rules = readGuardFile(path);
  if ('complaints' in rules) throw new Error(rules.complaints.map(printable).join('\n'));
  return { path, rules };
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
  const path = configPath(flags.config, process.env);
  const config = await loadConfig(path, flags.config !== undefined);
  const settings = { ...config.settings, ...flags.settings };
  if (flags.printConfig) {
    process.stdout.write(`# ${path}\n\n${configText(settings)}`);
    for (const problem of config.problems) process.stderr.write(`tscontain-tui: ${problem}\n`);
    return config.problems.length > 0 ? EXIT.failed : EXIT.ok;
  }
  const reason = obstacle(words, flags.plain);
  if (reason !== undefined) return fail(reason);
  const { root, readOnly } = flags;
  let guard: DashboardOptions['guard'];
  try {
    if (flags.guard !== undefined) guard = readGuard(flags.guard);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  const programPath = realpathSync(process.argv[1] ?? '');
  const open = async (): ReturnType<DashboardOptions['open']> => {
    const [{ metricsPlaces, openEngine }, { createSampler, openArchive }] = await Promise.all([
      import('../engine/index.js'),
      import('../metrics/index.js'),
    ]);
    return {
      engine: await openEngine({ root, supervisorEntry: besideProgram(programPath, 'supervisor') }),
      sampler: createSampler({ intervalMs: settings.interval, factsProgram: besideProgram(programPath, 'facts') }),
      past: openArchive(metricsPlaces(root)),
    };
  };
  const { stdin: input, stdout: output, env } = process;
  if (flags.plain) {
    try {
      await runPlain({ open, input, output, readOnly });
    } catch (error) {
      return fail(error instanceof Error ? error.message : String(error));
    }
  } else {
    await runDashboard({
      config,
      flags: flags.settings,
      readOnly,
      demo: flags.demo,
      ...(guard === undefined ? {} : { guard }),
      input,
      output,
      env,
      open,
    });
    if (flags.demo) await tidyDemo(open);
  }
  return EXIT.ok;
}

/** What the demo started goes with it: nobody asked for it to stay. */
async function tidyDemo(open: DashboardOptions['open']): Promise<void> {
  const { engine, sampler } = await open();
  await removeDemo(engine);
  sampler.close();
  engine.close();
  process.stdout.write('The containers of the demo are removed.\n');
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
