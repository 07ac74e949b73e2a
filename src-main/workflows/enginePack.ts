/** Native TensorFlow on this computer: found, installed, removed. */
import type { StartChild } from '#main/channel/channel';
import type { EnginePackState } from '#main/contract/engine';
import { AppError } from '#main/contract/errors';
import { createEngineHost } from '#main/engine/host/engineHost';
import { installEnginePack, type PackProgress } from '#main/engine/pack/installEnginePack';
import { findPack, removePack, type InstalledPack } from '#main/engine/pack/packFolder';
import { findTfjsNode } from '#main/engine/pack/findTfjsNode';
import { PINNED, PINNED_CUDA } from '#main/engine/pack/pinnedPack';

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
  /** With NVIDIA's libraries, for their GPUs. */
  readonly cuda?: boolean | undefined;
};

export type EnginePack = {
  /**
   * Path of TF.js's addon: of the installation that HILUM_TFJS_NODE names, else of the pack that was installed, else of
   * the one that came with the application; null where there is none.
   */
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
  const find = async (): Promise<InstalledPack | null> => (await findPack(home)) ?? (await findPack(resources));
  return {
    findAddon: async () => {
      const own = process.env['HILUM_TFJS_NODE'];
      return own === undefined || own === '' ? ((await find())?.addon ?? null) : findTfjsNode(own);
    },
    describe: async () => ({
      supported: process.platform === PINNED.platform && process.arch === PINNED.arch,
      installed: (await find())?.version ?? null,
      version: PINNED.version,
      downloadBytes: PINNED.wheel.bytes,
      diskBytes: PINNED.diskBytes,
    }),
    install: ({ cuda = false, ...request }) =>
      installEnginePack({
        ...request,
        home,
        resources,
        pinned: cuda ? PINNED_CUDA : PINNED,
        selfTest: (addon) => testAddon(start, addon),
      }),
    remove: () => removePack(home),
  };
}
