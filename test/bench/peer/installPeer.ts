/**
 * onnxruntime-node, which Hilum is compared with, in a cache of its own: it is 290 MB and no part of the product.
 * Its CPU libraries lie in the npm package; its postinstall script would fetch CUDA from GitHub and does not run.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export const PEER = {
  name: 'onnxruntime-node',
  version: '1.30.0',
  integrity: 'sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==',
};

/** The folder that holds its node_modules, whether it is there or not. */
export function peerFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'hilum', `bench-${PEER.name}-${PEER.version}`);
}

/** Installs it where it is not there yet. Throws where the registry cannot be reached. */
export async function installPeer(): Promise<string> {
  const folder = peerFolder();
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}-`);
  try {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', fresh];
    await promisify(execFile)('npm', ['install', ...options, `${PEER.name}@${PEER.version}`], {
      cwd: fresh,
      shell: process.platform === 'win32',
    });
    await checkPeer(fresh);
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

async function checkPeer(folder: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string }>;
  };
  if (lock.packages[`node_modules/${PEER.name}`]?.integrity !== PEER.integrity) {
    throw new Error(`The registry's ${PEER.name} ${PEER.version} is not the one that was measured before.`);
  }
  const binding = join('bin', 'napi-v6', process.platform, process.arch, 'onnxruntime_binding.node');
  if (!existsSync(join(folder, 'node_modules', PEER.name, binding))) {
    throw new Error(`${PEER.name} ${PEER.version} has no library for ${process.platform} ${process.arch}.`);
  }
}
