/**
 * Installs native TensorFlow: wheel → two libraries and their licences → TF.js's addon beside them → self-test →
 * active. Until the last step the installation in use is untouched; whatever happens before it leaves nothing but,
 * perhaps, a part of the download, from which the next attempt goes on.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, cancelled } from '#main/contract/errors';
import { checkFile, downloadWheel } from './downloadWheel';
import { findWheel } from './findWheel';
import { openNetwork } from './openNetwork';
import { activatePack, findPack, makeUnfinished, packsFolder, sweepUnfinished, type InstalledPack } from './packFolder';
import { PINNED, type Pinned } from './pinnedPack';
import { readPipSettings, type PipSettings } from './pipSettings';
import { unpackWheel } from './unpackWheel';

export type PackStage = 'download' | 'unpack' | 'self-test';
export type PackProgress = { readonly stage: PackStage; readonly bytes: number; readonly totalBytes: number | null };

export type InstallOptions = {
  readonly home: string;
  /** The folder of what comes with the product: the addon lies in `native/` there. */
  readonly resources: string;
  /** Tries the addon at this path in a process of its own; throws where its numbers are not right. */
  readonly selfTest: (addon: string) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PackProgress) => void;
  /** A wheel that is here already, for computers without a network. */
  readonly wheelFile?: string | undefined;
  readonly settings?: PipSettings;
  readonly pinned?: Pinned;
};

type Job = Required<Omit<InstallOptions, 'wheelFile'>> & { readonly wheelFile: string | undefined };

function requirePlatform({ platform, arch }: Pinned): void {
  if (process.platform === platform && process.arch === arch) return;
  const message = 'The native pack is for Linux on x64 only; here the engine stays WebAssembly.';
  throw new AppError('engine/unavailable', message, { platform: process.platform, arch: process.arch });
}

async function requireSpace(home: string, { diskBytes }: Pinned): Promise<void> {
  const { bavail, bsize } = await statfs(home);
  if (bavail * bsize >= diskBytes) return;
  const megabytes = Math.ceil(diskBytes / 1e6);
  throw new AppError('disk/full', `The native pack needs ${megabytes} MB of free disk while it is installed.`);
}

/** The path of the checked wheel. */
async function bringWheel(job: Job): Promise<string> {
  const { home, pinned, settings, signal, onProgress, wheelFile } = job;
  const { wheel } = pinned;
  if (wheelFile !== undefined) {
    await checkFile(wheelFile, wheel, signal);
    return wheelFile;
  }
  const path = join(packsFolder(home), 'download', wheel.file);
  const network = openNetwork(settings);
  try {
    onProgress({ stage: 'download', bytes: 0, totalBytes: wheel.bytes });
    const url = await findWheel(network, settings.indexUrls, pinned, signal);
    await downloadWheel(network, url, path, wheel, signal, (bytes) =>
      onProgress({ stage: 'download', bytes, totalBytes: wheel.bytes }),
    );
  } finally {
    await network.close();
  }
  return path;
}

async function copyAddon(resources: string, folder: string, { addon }: Pinned): Promise<string> {
  const bytes = await readFile(join(resources, 'native', addon.folder, addon.file)).catch((cause: unknown) => {
    throw new AppError('engine/pack-damaged', 'The addon that comes with Hilum is missing.', {}, cause);
  });
  if (createHash('sha256').update(bytes).digest('hex') !== addon.sha256) {
    throw new AppError('engine/pack-damaged', 'The addon that comes with Hilum was changed or damaged.');
  }
  const path = join(folder, addon.file);
  await writeFile(path, bytes);
  return path;
}

async function fillFolder(job: Job, wheel: string, folder: string): Promise<void> {
  const { pinned, resources, selfTest, signal, onProgress } = job;
  let bytes = 0;
  await unpackWheel(wheel, pinned.entries, folder, signal, (more) => {
    bytes += more;
    onProgress({ stage: 'unpack', bytes, totalBytes: null });
  });
  const addon = await copyAddon(resources, folder, pinned);
  onProgress({ stage: 'self-test', bytes: 0, totalBytes: null });
  await selfTest(addon);
  if (signal.aborted) throw cancelled();
}

async function install(job: Job): Promise<InstalledPack> {
  const { home, pinned } = job;
  requirePlatform(pinned);
  await mkdir(packsFolder(home), { recursive: true });
  await sweepUnfinished(home);
  await requireSpace(home, pinned);
  const wheel = await bringWheel(job);
  const folder = await makeUnfinished(home, pinned.version);
  try {
    await fillFolder(job, wheel, folder);
    await activatePack(home, pinned.version, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await rm(join(packsFolder(home), 'download'), { recursive: true, force: true });
  const pack = await findPack(home);
  if (pack === null) throw new AppError('engine/unavailable', 'The native pack was removed while it was installed.');
  return pack;
}

/**
 * Throws `engine/download-failed`, `engine/pack-damaged`, `engine/self-test-failed`, `engine/unavailable` on other
 * systems, `disk/full`, `task/cancelled`.
 */
export async function installEnginePack(options: InstallOptions): Promise<InstalledPack> {
  const { settings = readPipSettings(), pinned = PINNED, wheelFile } = options;
  try {
    return await install({ ...options, settings, pinned, wheelFile });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw new AppError('disk/full', 'The disk became full during the installation.', {}, error);
    throw error;
  }
}
