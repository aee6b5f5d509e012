// What a command gets: the engine (opened on first use) and the terminal.
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_ROOT, openEngine, TscontainError, type Engine } from '../engine/index.js';

export interface Context {
  /** the state directory */
  readonly root: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Opens the engine, once; what a crash left behind is put right first. */
  engine(): Promise<Engine>;
  /** One line on standard output. */
  print(line: string): void;
  /** One line on standard error. */
  warn(line: string): void;
  close(): void;
}

/** The bundled programs stand beside one another in dist/. */
export function besideProgram(programPath: string, name: 'supervisor' | 'facts'): string {
  return join(dirname(programPath), `${name}.cjs`);
}

export function stateRoot(asked: string | undefined, env: NodeJS.ProcessEnv): string {
  return resolve(asked ?? env['TSCONTAIN_ROOT'] ?? DEFAULT_ROOT);
}

/** Everything the engine does needs root; the sentence says what to type. */
export function requireRoot(words: readonly string[]): void {
  if (process.getuid?.() === 0) return;
  throw new TscontainError('NOT_ROOT', 'containers are made of namespaces, mounts and cgroups, which needs root', {
    hint: `type  sudo ${['tscontain', ...words].join(' ')}`,
  });
}

export function createContext(options: { root: string; programPath: string; words: readonly string[] }): Context {
  let opened: Promise<Engine> | undefined;
  const { stdout, stderr } = process;
  const context: Context = {
    root: options.root,
    // Made when it is asked for: 2 ms that most commands need not spend.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    engine() {
      opened ??= (async () => {
        requireRoot(options.words);
        const engine = await openEngine({
          root: options.root,
          supervisorEntry: besideProgram(options.programPath, 'supervisor'),
        });
        const { corrupt } = await engine.recover();
        for (const entry of corrupt) {
          context.warn(
            `the state of container ${entry.id.slice(0, 12)} cannot be read (${entry.reason}); it is kept at ${entry.keptAt}`,
          );
        }
        return engine;
      })();
      return opened;
    },
    print: (line) => void stdout.write(`${line}\n`),
    warn: (line) => void stderr.write(`tscontain: ${line}\n`),
    close() {
      void opened?.then(
        (engine) => engine.close(),
        () => undefined,
      );
    },
  };
  return context;
}
