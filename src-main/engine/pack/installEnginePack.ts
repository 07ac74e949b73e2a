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
import { PINNED, type Pinned, type PinnedWheel } from './pinnedPack';
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

type BroughtWheel = { readonly path: string; readonly entries: PinnedWheel['entries'] };

/** The checked wheels. */
async function bringWheels(job: Job): Promise<BroughtWheel[]> {
  const { home, pinned, settings, signal, onProgress, wheelFile } = job;
  if (wheelFile !== undefined) {
    await checkFile(wheelFile, pinned.wheel, signal);
    return [{ path: wheelFile, entries: pinned.entries }];
  }
  const wheels = [pinned, ...pinned.besides];
  const totalBytes = wheels.reduce((sum, { wheel }) => sum + wheel.bytes, 0);
  const brought: BroughtWheel[] = [];
  let before = 0;
  const network = openNetwork(settings);
  try {
    for (const part of wheels) {
      const { wheel, entries } = part;
      const path = join(packsFolder(home), 'download', wheel.file);
      const onBytes = (bytes: number): void => onProgress({ stage: 'download', bytes: before + bytes, totalBytes });
      onBytes(0);
      const url = await findWheel(network, settings.indexUrls, part, signal);
      await downloadWheel(network, url, path, wheel, signal, onBytes);
      brought.push({ path, entries });
      before += wheel.bytes;
    }
  } finally {
    await network.close();
  }
  return brought;
}

async function copyAddon(resources: string, folder: string, { addon }: Pinned): Promise<string> {
  const bytes = await readFile(join(resources, 'native', addon.folder, addon.file)).catch((cause: unknown) => {
    throw new AppError('engine/pack-damaged', 'The addon that comes with Hilum is missing.', {}, cause);
  });
  if (createHash('sha256').update(bytes).digest('hex') !== addon.sha256) {
    throw new AppError('engine/pack-damaged', 'The addon that comes with Hilum was changed or damaged.');
  }
  const path = join(folder, addon.place);
  await writeFile(path, bytes);
  return path;
}

async function fillFolder(job: Job, wheels: readonly BroughtWheel[], folder: string): Promise<void> {
  const { pinned, resources, selfTest, signal, onProgress } = job;
  let bytes = 0;
  for (const { path, entries } of wheels) {
    await unpackWheel(path, entries, folder, signal, (more) => {
      bytes += more;
      onProgress({ stage: 'unpack', bytes, totalBytes: null });
    });
  }
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
  const wheels = await bringWheels(job);
  const folder = await makeUnfinished(home, pinned.version);
  try {
    await fillFolder(job, wheels, folder);
    await activatePack(home, pinned, folder);
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
