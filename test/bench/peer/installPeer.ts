/**
 * onnxruntime, which Hilum is compared with, in a cache of its own: it is 290 MB and no part of the product. Its CPU
 * libraries lie in the npm package; its postinstall script would fetch CUDA from GitHub and does not run.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export type PeerPackage = { readonly name: string; readonly version: string; readonly integrity: string };

export const ONNXRUNTIME = {
  node: {
    name: 'onnxruntime-node',
    version: '1.30.0',
    integrity: 'sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==',
  },
  web: {
    name: 'onnxruntime-web',
    version: '1.30.0',
    integrity: 'sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ==',
  },
} as const satisfies Record<string, PeerPackage>;

/** The folder that holds what was installed for benchmarks only, whether it is there or not. */
export function peerFolder({ name, version }: Pick<PeerPackage, 'name' | 'version'>): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'hilum', `bench-${name}-${version}`);
}

/** Makes `folder` by `fill`, whole or not at all, where it is not there yet. */
export async function makeOnce(folder: string, fill: (fresh: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}-`);
  try {
    await fill(fresh);
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** Installs it where it is not there yet. Throws where the registry cannot be reached. */
export function installPeer(peer: PeerPackage): Promise<string> {
  return makeOnce(peerFolder(peer), async (fresh) => {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', fresh];
    await promisify(execFile)('npm', ['install', ...options, `${peer.name}@${peer.version}`], {
      cwd: fresh,
      shell: process.platform === 'win32',
    });
    await checkPeer(fresh, peer);
  });
}

async function checkPeer(folder: string, { name, version, integrity }: PeerPackage): Promise<void> {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string }>;
  };
  if (lock.packages[`node_modules/${name}`]?.integrity !== integrity) {
    throw new Error(`The registry's ${name} ${version} is not the one that was measured before.`);
  }
}
