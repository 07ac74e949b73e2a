/**
 * The room table of Hilum, by machine. A folder is a room, a room has one runtime, and imports point only
 * upwards in this table; cycles are errors. DESIGN: README, "How it is built".
 */
import boundaries from 'eslint-plugin-boundaries';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** room → [folder, rooms it may import]. The order is the table's: a later room may be named only by later ones. */
const ROOMS = {
  contract: ['src-main/contract', []],
  channel: ['src-main/channel', ['contract']],
  grey: ['src-main/imaging/grey', ['contract']],
  imaging: ['src-main/imaging', ['contract', 'grey']],
  preprocess: ['src-main/chexnet/preprocess', ['contract', 'imaging', 'grey']],
  chexnet: ['src-main/chexnet', ['contract', 'imaging', 'grey', 'preprocess']],
  'decoding-protocol': ['src-main/decoding/protocol', ['contract']],
  'decoding-process': [
    'src-main/decoding/process',
    ['contract', 'channel', 'imaging', 'grey', 'preprocess', 'decoding-protocol'],
  ],
  'decoding-host': ['src-main/decoding/host', ['contract', 'channel', 'decoding-protocol']],
  'engine-protocol': ['src-main/engine/protocol', ['contract']],
  'engine-kernels': ['src-main/engine/kernels', []],
  'engine-backends': [
    'src-main/engine/backends',
    ['contract', 'chexnet', 'preprocess', 'engine-protocol', 'engine-kernels'],
  ],
  'engine-process': [
    'src-main/engine/process',
    ['contract', 'channel', 'chexnet', 'preprocess', 'engine-protocol', 'engine-backends'],
  ],
  'engine-pack': ['src-main/engine/pack', ['contract', 'channel']],
  'engine-host': ['src-main/engine/host', ['contract', 'channel', 'engine-protocol']],
  database: ['src-main/database', ['contract', 'channel']],
  'engine-trainer': [
    'src-main/engine/trainer',
    ['contract', 'channel', 'imaging', 'preprocess', 'chexnet', 'engine-protocol', 'engine-backends', 'database'],
  ],
  workflows: [
    'src-main/workflows',
    [
      'contract',
      'channel',
      'imaging',
      'preprocess',
      'chexnet',
      'decoding-protocol',
      'decoding-host',
      'engine-protocol',
      'engine-host',
      'engine-pack',
      'database',
    ],
  ],
  shell: [
    'src-main/shell',
    [
      'contract',
      'channel',
      'workflows',
      'decoding-host',
      'decoding-protocol',
      'engine-host',
      'engine-protocol',
      'database',
    ],
  ],
  cli: [
    'src-main/cli',
    [
      'contract',
      'channel',
      'imaging',
      'workflows',
      'decoding-host',
      'decoding-protocol',
      'engine-host',
      'engine-protocol',
      'database',
    ],
  ],
  renderer: ['src-renderer', ['contract', 'grey']],
};

/** The only importers of these packages. */
const PACKAGE_OWNERS = [
  ['@tensorflow/tfjs-core', 'src-main/chexnet/network/tf.ts'],
  ['@tensorflow/tfjs-backend-wasm', 'src-main/engine/backends/wasm'],
  ['better-sqlite3', 'src-main/database/openDatabase.ts'],
  ['sharp', 'src-main/decoding/process'],
  ['dcmjs-codecs', 'src-main/decoding/process'],
  ['dicom-parser', 'src-main/imaging/dicom'],
  ['electron', 'src-main/shell'],
];

function ownedPackages(file) {
  const foreign = PACKAGE_OWNERS.filter(([, owner]) => owner !== file);
  return foreign.map(([name, owner]) => ({
    regex: `^${name}(/.*)?$`,
    allowTypeImports: true,
    message: `Only ${owner} imports ${name}.`,
  }));
}

export default ts.config(
  { ignores: ['dist/', 'build/', 'release/', 'node_modules/', 'test/fixtures/', 'test-results/'] },
  ...ts.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.node, ...globals.browser },
      parserOptions: {
        project: ['tsconfig/*.json'],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    plugins: { boundaries, 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ project: 'tsconfig/*.json', noWarnOnMultipleProjects: true }),
      ],
      'import/resolver': { typescript: { project: 'tsconfig/*.json', noWarnOnMultipleProjects: true } },
      'boundaries/include': ['src-main/**/*', 'src-renderer/**/*'],
      'boundaries/elements': [...Object.entries(ROOMS)]
        .sort(([, [a]], [, [b]]) => b.length - a.length)
        .map(([type, [pattern]]) =>
          pattern.endsWith('.ts') ? { type, pattern, partialMatch: false } : { type, pattern },
        ),
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          message:
            'Room {{from.element.type}} must not import room {{to.element.type}}: see the table in eslint.config.js.',
          policies: Object.entries(ROOMS).map(([room, [, mayImport]]) => ({
            from: { element: { type: room } },
            allow: [room, ...mayImport].map((type) => ({ to: { element: { type } } })),
          })),
        },
      ],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-default-export': 'error',
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: ownedPackages('') }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'func-style': ['error', 'declaration', { allowArrowFunctions: true }],
      'no-console': 'error',
      'no-eval': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  ...PACKAGE_OWNERS.map(([, owner]) => ({
    files: [owner.endsWith('.ts') ? owner : `${owner}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: ownedPackages(owner) }],
    },
  })),
  {
    // AssemblyScript has no imports of types.
    files: ['src-main/engine/kernels/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    // Maps and sets of the window are replaced, never changed, so that $state.raw sees them.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    files: ['**/*.svelte'],
    // To ESLint the props of an imported component are `any`; svelte-check knows their types and checks them.
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // Tests make films with sharp, and look into files that the product reads with other packages.
      '@typescript-eslint/no-restricted-imports': 'off',
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}', '*.config.ts'],
    extends: [ts.configs.disableTypeChecked],
    rules: {
      'import-x/no-default-export': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/no-restricted-imports': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'max-lines-per-function': 'off',
    },
  },
);
