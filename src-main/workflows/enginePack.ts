/** Native TensorFlow on this computer: found, installed, removed. */
import type { StartChild } from '#main/channel/channel';
import type { EnginePackState } from '#main/contract/engine';
import { AppError } from '#main/contract/errors';
import { createEngineHost } from '#main/engine/host/engineHost';
import { installEnginePack, type PackProgress } from '#main/engine/pack/installEnginePack';
import { findPack, removePack, type InstalledPack } from '#main/engine/pack/packFolder';
import { PINNED } from '#main/engine/pack/pinnedPack';

export type { InstalledPack, PackProgress };

export type EnginePackOptions = {
  /** HILUM_HOME. */
  readonly home: string;
  readonly resources: string;
  readonly start: StartChild;
};

export type InstallRequest = {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PackProgress) => void;
  /** A wheel that is here already. */
  readonly wheelFile?: string | undefined;
};

export type EnginePack = {
  /** Path of TF.js's addon; null where no pack is installed. */
  readonly findAddon: () => Promise<string | null>;
  readonly describe: () => Promise<EnginePackState>;
  /** Engines that run go on with what they have; those started from then on use it. */
  readonly install: (request: InstallRequest) => Promise<InstalledPack>;
  /** Returns whether there was one. */
  readonly remove: () => Promise<boolean>;
};

/** In an engine process of its own: libraries that crash there have done no harm. */
async function testAddon(start: StartChild, addon: string): Promise<void> {
  const host = createEngineHost({ start, wanted: 'tensorflow', findAddon: () => Promise.resolve(addon) });
  try {
    const { chosen, backends, message } = await host.ready();
    if (chosen === 'tensorflow') return;
    const reason = backends.find(({ id }) => id === 'tensorflow')?.reason ?? message;
    throw new AppError('engine/self-test-failed', `Native TensorFlow does not work on this computer. ${reason}`);
  } finally {
    await host.close();
  }
}

export function createEnginePack({ home, resources, start }: EnginePackOptions): EnginePack {
  return {
    findAddon: async () => (await findPack(home))?.addon ?? null,
    describe: async () => ({
      supported: process.platform === PINNED.platform && process.arch === PINNED.arch,
      installed: (await findPack(home))?.version ?? null,
      version: PINNED.version,
      downloadBytes: PINNED.wheel.bytes,
      diskBytes: PINNED.diskBytes,
    }),
    install: (request) =>
      installEnginePack({ ...request, home, resources, selfTest: (addon) => testAddon(start, addon) }),
    remove: () => removePack(home),
  };
}
