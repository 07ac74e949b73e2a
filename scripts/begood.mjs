/** npm run begood: formats everything and fixes what lint can fix. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const { ROOT } = createRequire(import.meta.url)('./paths.cjs');

for (const command of [
  ['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level=warn', '.'],
  ['node_modules/eslint/bin/eslint.js', '--fix', '.'],
]) {
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
