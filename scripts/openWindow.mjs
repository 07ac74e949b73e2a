/** Opens the built workstation in its window; arguments are passed on to it. */
import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { stageApp } from './stage.mjs';

const { ensureDisplayLibraries } = createRequire(import.meta.url)('./displayLibraries.cjs');

const notice = (line) => console.log(line);

async function openWindow() {
  const { executable, args, sandboxArgs, folder } = await stageApp({ notice });
  if (!ensureDisplayLibraries({ executable, notice })) return 1;
  if (sandboxArgs.length > 0) {
    notice('As root the window runs without its sandbox: start it as an ordinary user for real work.');
  } else if (!(await canSandbox(folder))) {
    const helper = join(folder, 'chrome-sandbox');
    notice('This system keeps the window from building its sandbox. Give its helper to root, then start again:');
    notice(`  sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`);
    return 1;
  }
  notice('Opening Hilum ...');
  const child = spawn(
    executable,
    [...args, ...sandboxArgs, ...displayArgs(), '--import-samples', ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function displayArgs() {
  const waylandOnly = Boolean(process.env.WAYLAND_DISPLAY) && !process.env.DISPLAY;
  // Chromium reports every missing service of the desktop (D-Bus, GPU) as an error of its own: fatal ones only.
  return ['--log-level=3', ...(waylandOnly ? ['--ozone-platform=wayland'] : [])];
}

/** Chromium needs user namespaces, which Ubuntu 24.04 and some hardened kernels close, or a helper that is set-uid root. */
async function canSandbox(folder) {
  if (process.platform !== 'linux') return true;
  const setting = (name) => readFile(`/proc/sys/kernel/${name}`, 'utf8').then(Number, () => null);
  const closed =
    (await setting('apparmor_restrict_unprivileged_userns')) === 1 ||
    (await setting('unprivileged_userns_clone')) === 0;
  if (!closed) return true;
  const { uid, mode } = await stat(join(folder, 'chrome-sandbox'));
  return uid === 0 && (mode & 0o4000) !== 0;
}

try {
  process.exitCode = await openWindow();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
