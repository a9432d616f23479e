import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Kebab-case names for every file; a test, schema or config file has its kind after a dot. */
const kebabFileNames = {
  rules: {
    'kebab-file-name': {
      create: (context) => ({
        Program(node) {
          const name = context.filename.split(/[/\\]/).at(-1) ?? '';
          if (!/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)+$/.test(name)) context.report({ node, message: `'${name}' is not kebab-case.` });
        },
      }),
    },
  },
};

const CLOCK = 'Take the time from the clock that is passed in.';

export default tseslint.config(
  { ignores: ['node_modules/', 'out/', 'out-*/', 'artifacts/', 'dist/', '.cache/', 'coverage/', 'longhaul-demo/', 'resources/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
  js.configs.recommended,
  {
    plugins: { longhaul: kebabFileNames },
    rules: {
      'longhaul/kebab-file-name': 'error',
      'max-lines': ['error', 500],
      'max-lines-per-function': ['error', 80],
      'eqeqeq': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'anywhere' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      // Control characters in names and in terminal output are what some code is about.
      'no-control-regex': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', performance: 'readonly', setInterval: 'readonly', clearInterval: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', URL: 'readonly', Buffer: 'readonly', module: 'writable' } },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      // Parse, don't cast. `as const` stays allowed.
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-restricted-syntax': [
        'error',
        { selector: "ImportDeclaration[source.value='zod'] > :matches(ImportSpecifier, ImportDefaultSpecifier)", message: "Use import * as z from 'zod': it bundles to a fifth." },
        { selector: "CallExpression[callee.name=/^exec(Sync)?$/]", message: 'No shell strings: start programs with an argument array.' },
        { selector: "Property[key.name='shell'][value.value=true]", message: 'No shell: start programs with an argument array.' },
      ],
    },
  },
  {
    files: ['src/main/engine/**/*.ts'],
    ignores: ['src/main/engine/clock.ts', '**/*.test.ts', '**/test-*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: CLOCK },
        { object: 'Math', property: 'random', message: 'Take randomness from where it is passed in.' },
      ],
    },
  },
  {
    files: ['src/renderer/**/*.ts', 'src/renderer/**/*.tsx'],
    extends: [reactHooks.configs.flat.recommended],
    rules: {
      'react-hooks/exhaustive-deps': 'error',
      // TanStack's virtualizer changes in place, which only matters to React's compiler; it is not used here.
      'react-hooks/incompatible-library': 'off',
    },
  },
  {
    files: ['**/*.test.ts'],
    rules: {
      // A describe block is as long as its tests.
      'max-lines-per-function': 'off',
      // What vitest's matchers (expect.any and its kin) return.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);
