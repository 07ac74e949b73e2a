/**
 * The native pack for tests and benchmarks, installed once by the product's own code into a cache that outlives the
 * run: the wheel is 207 MB. Where it can not be had, what needs it is skipped, and says why.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toErrorBody } from '#main/contract/errors';
import { forkChild } from '#main/channel/forkChild';
import { downloadWheel } from '#main/engine/pack/downloadWheel';
import { findWheel } from '#main/engine/pack/findWheel';
import { openNetwork } from '#main/engine/pack/openNetwork';
import { PINNED } from '#main/engine/pack/pinnedPack';
import { readPipSettings } from '#main/engine/pack/pipSettings';
import { unpackWheel } from '#main/engine/pack/unpackWheel';
import { createEnginePack, type EnginePack } from '#main/workflows/enginePack';
import { ROOT } from '../../scripts/bundle.mjs';

const HOME = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hilum', 'test-pack');
const RESOURCES = join(ROOT, 'resources');
const HEADERS = join(HOME, `c-headers-${PINNED.version}`);
/** What TF.js's binding and Hilum's operation include. */
const HEADER_ENTRIES =
  /^tensorflow\/include\/(tensorflow|tsl)\/(c|core\/platform|platform)\/((eager|experimental\/stream_executor)\/)?[a-z_]+\.h$/;
const LIMIT_MS = 240_000;

/** Path of the addon, tried by this bundle of the engine process; null where the pack can not be installed. */
export function findNativeAddon(engineFile: string): Promise<string | null> {
  const start = () => forkChild(engineFile, { ...process.env, HILUM_RESOURCES: RESOURCES });
  const pack = createEnginePack({ home: HOME, resources: RESOURCES, start });
  return orSay('native TensorFlow', () => alone(async () => (await pack.findAddon()) ?? (await install(pack))));
}

/** The folder of TensorFlow's headers, as the pinned wheel has them; null where it can not be had. */
export function findTensorflowHeaders(): Promise<string | null> {
  return orSay('TensorFlow’s headers', () =>
    alone(async () => {
      if (!existsSync(HEADERS)) await withWheel(unpackHeaders);
      return join(HEADERS, 'tensorflow', 'include');
    }),
  );
}

async function install(pack: EnginePack): Promise<string> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  return withWheel(async (wheelFile) => {
    await unpackHeaders(wheelFile);
    return (await pack.install({ signal, onProgress: () => undefined, wheelFile })).addon;
  });
}

/** Hands on the downloaded wheel, which is gone afterwards. */
async function withWheel<Value>(use: (wheel: string) => Promise<Value>): Promise<Value> {
  process.stderr.write(`Downloading TensorFlow ${PINNED.version} for tests and benchmarks (207 MB) …\n`);
  const [settings, signal] = [readPipSettings(), AbortSignal.timeout(LIMIT_MS)];
  const wheel = join(HOME, PINNED.wheel.file);
  const network = openNetwork(settings);
  try {
    const url = await findWheel(network, settings.indexUrls, PINNED, signal);
    await downloadWheel(network, url, wheel, PINNED.wheel, signal, () => undefined);
    return await use(wheel);
  } finally {
    await Promise.all([network.close(), rm(wheel, { force: true })]);
  }
}

async function unpackHeaders(wheel: string): Promise<void> {
  const unfinished = `${HEADERS}.partial`;
  await rm(unfinished, { recursive: true, force: true });
  await unpackWheel(wheel, HEADER_ENTRIES, unfinished, AbortSignal.timeout(LIMIT_MS), () => undefined);
  await rename(unfinished, HEADERS);
}

/** Test files run in processes beside each other: one of them downloads, the others wait for it. */
async function alone<Value>(work: () => Promise<Value>): Promise<Value> {
  const lock = `${HOME}.lock`;
  await mkdir(dirname(lock), { recursive: true });
  for (;;) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx' });
    } catch {
      await sweepLock(lock);
      await sleep(100);
      continue;
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  }
}

/** Takes away what a killed process has left. */
async function sweepLock(lock: string): Promise<void> {
  const owner = Number(await readFile(lock, 'utf8').catch(() => process.pid));
  if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function orSay<Value>(what: string, find: () => Promise<Value>): Promise<Value | null> {
  try {
    await mkdir(HOME, { recursive: true });
    return await find();
  } catch (error) {
    const { code, message } = toErrorBody(error);
    process.stderr.write(`NOT TESTED: ${what}. ${message} [${code}]\n`);
    return null;
  }
}
