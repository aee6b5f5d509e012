// Type-aware lint, and the direction of imports: native ← engine, metrics ← guard ← tui, cli (docs/ARCHITECTURE.md).
import tseslint from 'typescript-eslint';

/** Folders of src/, each with what it may import (through that folder's index.ts, its door). */
const mayImport = {
  native: [],
  engine: ['native'],
  metrics: ['native'],
  guard: ['engine', 'metrics', 'native'],
  tui: ['engine', 'metrics', 'guard', 'native'],
  cli: ['engine', 'metrics', 'guard', 'tui', 'native'],
};
const floors = Object.keys(mayImport);

const importRules = floors.map((floor) => {
  const allowed = mayImport[floor];
  const forbidden = floors.filter((f) => f !== floor && !allowed.includes(f));
  const patterns = [
    ...forbidden.map((f) => ({
      regex: `^(\\.\\./)+${f}(/|$)`,
      message: `src/${floor} must not import src/${f}: the direction is native ← engine, metrics ← guard ← tui, cli.`,
    })),
    ...allowed.map((f) => ({
      regex: `^(\\.\\./)+${f}/(?!index\\.js$)`,
      message: `Use the door of src/${f}: import '../${f}/index.js'.`,
    })),
  ];
  const paths =
    floor === 'native' ? [] : [{ name: 'koffi', message: 'Only src/native touches the kernel; ask its door instead.' }];
  return {
    files: [`src/${floor}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { paths, patterns }] },
  };
});

export default tseslint.config(
  { ignores: ['dist', 'build', 'node_modules', '.cache', 'scripts', 'eslint.config.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-readonly': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  ...importRules,
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // node:test's it() and describe() return promises that its runner awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['it', 'describe', 'test', 'suite', 'before', 'after', 'beforeEach', 'afterEach'],
            },
          ],
        },
      ],
      'no-console': 'off',
    },
  },
);
