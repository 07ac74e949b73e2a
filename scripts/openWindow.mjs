/** Opens the built workstation in its window; arguments are passed on to it. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { stageApp } from './stage.mjs';

const { ensureDisplayLibraries } = createRequire(import.meta.url)('./displayLibraries.cjs');

const notice = (line) => console.log(line);

async function openWindow() {
  const { executable, args, sandboxArgs } = await stageApp({ notice });
  if (!ensureDisplayLibraries({ executable, notice })) return 1;
  if (sandboxArgs.length > 0)
    notice('As root the window runs without its sandbox: start it as an ordinary user for real work.');
  notice('Opening Hilum ...');
  // Chromium reports every missing service of the desktop (D-Bus, GPU) as an error of its own: fatal ones only.
  const quiet = '--log-level=3';
  const child = spawn(executable, [...args, ...sandboxArgs, quiet, '--import-samples', ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await openWindow();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
