/** The pack's installation against a small index on this computer: what is there after each way to end. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#main/contract/errors';
import { installEnginePack, type InstallOptions, type PackStage } from '#main/engine/pack/installEnginePack';
import { CUDA_WHEELS } from '#main/engine/pack/cudaWheels';
import { findPack, removePack } from '#main/engine/pack/packFolder';
import type { Pinned } from '#main/engine/pack/pinnedPack';
import { makeZip } from '#test/helpers/makeZip';
import { sha256, startPackServer, WHEEL_NAME, type PackServer } from '#test/helpers/packServer';
import { bundleFiles } from '../../../../scripts/bundle.mjs';
import { ADDON, ENTRIES, LIBRARY, pin, WHEEL } from './smallPack';

const INSTALLED = ['LICENSE', 'cc.so', 'tfjs_binding.node'];

let server: PackServer;
let home: string;

beforeAll(async () => {
  server = await startPackServer();
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hilum-pack-'));
  await mkdir(join(home, 'resources', 'native', 'here'), { recursive: true });
  await writeFile(join(home, 'resources', 'native', 'here', 'tfjs_binding.node'), ADDON);
});
afterEach(() => rm(home, { recursive: true, force: true }));

function install(options: Partial<InstallOptions> = {}): ReturnType<typeof installEnginePack> {
  return installEnginePack({
    home,
    resources: join(home, 'resources'),
    selfTest: () => Promise.resolve(),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    settings: { indexUrls: [server.indexUrl], proxy: null, certificates: null },
    pinned: pin(WHEEL),
    ...options,
  });
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

/** Everything under HILUM_HOME/engine, folders with a slash. */
async function left(): Promise<string[]> {
  const folder = join(home, 'engine');
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1) + (entry.isDirectory() ? '/' : ''))
    .sort();
}

const PACK = ['1.0/', ...INSTALLED.map((name) => `1.0/${name}`), 'active.json'];
const PART = ['download/', `download/${WHEEL_NAME}`];

describe('installing the pack', () => {
  it.each([{ html: false }, { html: true }])(
    'unpacks what is needed and nothing else (HTML index: $html)',
    async ({ html }) => {
      server.behave({ wheel: WHEEL, html });
      const stages: PackStage[] = [];
      const pack = await install({ onProgress: ({ stage }) => void (stages.at(-1) === stage || stages.push(stage)) });
      expect(stages).toEqual(['download', 'unpack', 'self-test']);
      expect(await left()).toEqual(PACK);
      expect(await readFile(join(pack.folder, 'cc.so'))).toEqual(LIBRARY);
      expect(await findPack(home)).toEqual(pack);
    },
  );

  it('goes on where the download was interrupted', async () => {
    server.behave({ wheel: WHEEL, cutAfter: 100_000 });
    expect(await codeOf(install())).toBe('engine/download-failed');
    expect(await left()).toEqual(PART);
    server.behave({ wheel: WHEEL });
    await install();
    const [, wheel] = server.requests;
    expect(Number(/^bytes=(\d+)-$/.exec(wheel?.range ?? '')?.[1])).toBeGreaterThan(0);
    expect(await left()).toEqual(PACK);
  });

  it('starts again where the server can not send parts', async () => {
    server.behave({ wheel: WHEEL, cutAfter: 100_000 });
    await codeOf(install());
    server.behave({ wheel: WHEEL, withoutRanges: true });
    await install();
    expect(await left()).toEqual(PACK);
  });

  it.each([
    ['the index answers 404', { indexStatus: 404 }, 'engine/download-failed'],
    ['the index answers nonsense', { garbage: true }, 'engine/download-failed'],
    ['the index has other wheels only', { name: 'small-2.0-py3-none-any.whl' }, 'engine/download-failed'],
    ['the wheel is gone', { wheelStatus: 404 }, 'engine/download-failed'],
    ['the wheel is another one of the same size', { wheel: Buffer.alloc(WHEEL.length) }, 'engine/pack-damaged'],
    ['the wheel is longer', { wheel: Buffer.concat([WHEEL, WHEEL]) }, 'engine/pack-damaged'],
  ])('installs nothing where %s', async (_, behaviour, code) => {
    server.behave({ wheel: WHEEL, ...behaviour });
    expect(await codeOf(install())).toBe(code);
    expect((await left()).filter((name) => name !== 'download/')).toEqual([]);
  });

  it('says so where nobody answers', async () => {
    const settings = { indexUrls: ['http://127.0.0.1:9/simple'], proxy: null, certificates: null };
    expect(await codeOf(install({ settings }))).toBe('engine/download-failed');
  });

  it.each([
    ['no archive', Buffer.alloc(1000, 'x')],
    ['an archive that is cut off', WHEEL.subarray(0, WHEEL.length - 30)],
    ['an archive without the library', makeZip(ENTRIES.slice(1))],
    ['an archive with a wrong checksum', makeZip([{ ...ENTRIES[0]!, declared: { crc: 1 } }, ...ENTRIES.slice(1)])],
  ])('installs nothing from %s', async (_, wheel) => {
    server.behave({ wheel });
    expect(await codeOf(install({ pinned: pin(wheel) }))).toBe('engine/pack-damaged');
    expect(await findPack(home)).toBeNull();
    expect((await left()).filter((name) => !name.startsWith('download/'))).toEqual([]);
  });

  it('installs nothing where the addon is not ours', async () => {
    server.behave({ wheel: WHEEL });
    await writeFile(join(home, 'resources', 'native', 'here', 'tfjs_binding.node'), 'another');
    expect(await codeOf(install())).toBe('engine/pack-damaged');
    expect(await findPack(home)).toBeNull();
  });

  it('takes a wheel that is here already, and no other file', async () => {
    const wheelFile = join(home, 'brought.whl');
    await writeFile(wheelFile, WHEEL);
    server.behave({ wheel: WHEEL });
    await install({ wheelFile });
    expect({ asked: server.requests.length, left: await left() }).toEqual({ asked: 0, left: PACK });
    await writeFile(wheelFile, LIBRARY);
    expect(await codeOf(install({ wheelFile }))).toBe('engine/pack-damaged');
    expect(await codeOf(install({ wheelFile: join(home, 'nowhere.whl') }))).toBe('file/not-found');
    expect(existsSync(wheelFile)).toBe(true);
  });

  it('is refused on another system', async () => {
    expect(await codeOf(install({ pinned: { ...pin(WHEEL), platform: 'plan9' } }))).toBe('engine/unavailable');
  });

  it('sends the name and password of the index, and shows them to nobody', async () => {
    server.behave({ wheel: WHEEL });
    const indexUrl = server.indexUrl.replace('//', '//anna:s%40cret@');
    await install({ settings: { indexUrls: [indexUrl], proxy: null, certificates: null } });
    const basic = `Basic ${Buffer.from('anna:s@cret').toString('base64')}`;
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([basic, basic]);
    server.behave({ wheel: WHEEL, indexStatus: 403 });
    const error: unknown = await install({
      settings: { indexUrls: [indexUrl], proxy: null, certificates: null },
    }).catch((thrown: unknown) => thrown);
    expect(JSON.stringify([(error as AppError).message, (error as AppError).details])).not.toMatch(/anna|cret/);
  });
});

describe('a pack of several wheels', () => {
  const cuda = makeZip([
    { name: 'nvidia/cublas/lib/libcublas.so.12', bytes: Buffer.from('cublas') },
    { name: 'nvidia/cublas/include/cublas.h', bytes: Buffer.from('header') },
    { name: 'nvidia_cublas_cu12-1.dist-info/licenses/License.txt', bytes: Buffer.from('NVIDIA') },
    { name: 'nvidia_cublas_cu12-1.dist-info/RECORD', bytes: Buffer.from('record') },
  ]);
  const name = 'nvidia_cublas_cu12-1-py3-none-any.whl';
  const pinned: Pinned = {
    ...pin(WHEEL),
    entries: { 'tensorflow/cc.so': 'tensorflow/cc.so' },
    besides: [
      {
        project: 'nvidia-cublas-cu12',
        wheel: { file: name, bytes: cuda.length, sha256: sha256(cuda) },
        entries: CUDA_WHEELS[0]!.entries,
      },
    ],
    addon: { ...pin(WHEEL).addon, place: 'tensorflow/tfjs_binding.node' },
  };

  it('lies as in site-packages, with licences and without what nobody needs', async () => {
    server.behave({ wheel: WHEEL, besides: { [name]: cuda } });
    const done: number[] = [];
    const onProgress: InstallOptions['onProgress'] = ({ stage, bytes, totalBytes }) => {
      if (stage === 'download') done.push(bytes / totalBytes!);
    };
    const pack = await install({ pinned, onProgress });
    expect(await left()).toEqual([
      '1.0/',
      '1.0/nvidia/',
      '1.0/nvidia/cublas/',
      '1.0/nvidia/cublas/lib/',
      '1.0/nvidia/cublas/lib/libcublas.so.12',
      '1.0/nvidia_cublas_cu12-1.dist-info/',
      '1.0/nvidia_cublas_cu12-1.dist-info/licenses/',
      '1.0/nvidia_cublas_cu12-1.dist-info/licenses/License.txt',
      '1.0/tensorflow/',
      '1.0/tensorflow/cc.so',
      '1.0/tensorflow/tfjs_binding.node',
      'active.json',
    ]);
    expect(pack.addon).toBe(join(home, 'engine', '1.0', 'tensorflow', 'tfjs_binding.node'));
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect([done[0], done.at(-1)]).toEqual([0, 1]);
  });

  it('has each library in a folder in which TensorFlow 2.21.0 looks: of nvidia/cusolver it knows nothing', () => {
    const cusolver = CUDA_WHEELS.find(({ project }) => project === 'nvidia-cusolver-cu12')!;
    expect(cusolver.entries).toMatchObject({
      'nvidia/cusolver/lib/libcusolver.so.11': 'nvidia/cusparse/lib/libcusolver.so.11',
    });
  });

  it('is nothing where one of them is not as it was pinned, and keeps what is whole', async () => {
    server.behave({ wheel: WHEEL, besides: { [name]: Buffer.alloc(cuda.length) } });
    expect(await codeOf(install({ pinned }))).toBe('engine/pack-damaged');
    expect(await left()).toEqual(PART);
  });

  it('is refused before the download where the disk is too small', async () => {
    const before = server.requests.length;
    expect(await codeOf(install({ pinned: { ...pinned, diskBytes: Number.MAX_SAFE_INTEGER } }))).toBe('disk/full');
    expect(server.requests).toHaveLength(before);
  });
});

describe('a pack that works', () => {
  beforeEach(async () => {
    server.behave({ wheel: WHEEL });
    await install();
  });

  it.each(['download', 'unpack', 'self-test'] as const)(
    'stays in use where the next one is cancelled (%s)',
    async (at) => {
      const controller = new AbortController();
      const { signal } = controller;
      const onProgress: InstallOptions['onProgress'] = ({ stage }) => void (stage === at && controller.abort());
      expect(await codeOf(install({ pinned: pin(WHEEL, '2.0'), signal, onProgress }))).toBe('task/cancelled');
      expect((await findPack(home))?.version).toBe('1.0');
      expect((await left()).filter((name) => !name.startsWith('download/'))).toEqual(PACK);
    },
  );

  it('stays in use where the next one fails its self-test', async () => {
    const selfTest = (): Promise<void> => Promise.reject(new AppError('engine/self-test-failed', 'It differs.'));
    expect(await codeOf(install({ pinned: pin(WHEEL, '2.0'), selfTest }))).toBe('engine/self-test-failed');
    expect((await findPack(home))?.version).toBe('1.0');
  });

  it('gives way to the next one', async () => {
    await install({ pinned: pin(WHEEL, '2.0') });
    expect((await findPack(home))?.version).toBe('2.0');
  });

  it('is gone once it is removed', async () => {
    expect(await removePack(home)).toBe(true);
    expect({ pack: await findPack(home), left: await left() }).toEqual({ pack: null, left: [] });
    expect(await removePack(home)).toBe(false);
  });

  it('is not found where its files are gone, or where its folder points elsewhere', async () => {
    await writeFile(join(home, 'engine', 'active.json'), '{"version":"../1.0"}');
    expect(await findPack(home)).toBeNull();
    await writeFile(join(home, 'engine', 'active.json'), '{"version":"1.0"}');
    expect((await findPack(home))?.version).toBe('1.0');
    await rm(join(home, 'engine', '1.0', 'tfjs_binding.node'));
    expect(await findPack(home)).toBeNull();
  });

  it('takes away what a killed installation has left', async () => {
    // No process has this id: they end at 2^22 on Linux.
    await mkdir(join(home, 'engine', '2.0.partial-99999999'));
    await install();
    expect(await left()).toEqual(PACK);
  });
});

describe('an installation that is killed', { timeout: 60_000 }, () => {
  let script: string;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hilum-killed-'));
    await bundleFiles({ installUntilKilled: 'test/src-main/engine/pack/installUntilKilled.ts' }, folder);
    script = join(folder, 'installUntilKilled.cjs');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The signal that ended it, or what it said. */
  async function runUntil(version: string, place: string): Promise<string> {
    const running = promisify(execFile)(process.execPath, [script, home, server.indexUrl, version, place]);
    return running.then(
      ({ stdout }) => stdout.trim(),
      (error: { readonly signal: string }) => error.signal,
    );
  }

  const PLACES = ['download', 'download, some bytes', 'unpack, some bytes', 'self-test', 'rename 1', 'rename 2'];

  it.each(PLACES)('at %s has left what was there, and the next one brings the pack', async (place) => {
    server.behave({ wheel: WHEEL });
    await install();
    expect(await runUntil('2.0', place)).toBe('SIGKILL');
    expect(await findPack(home)).toMatchObject({ version: '1.0' });
    expect(await readFile(join(home, 'engine', '1.0', 'cc.so'))).toEqual(LIBRARY);
    await install({ pinned: pin(WHEEL, '2.0') });
    expect((await findPack(home))?.version).toBe('2.0');
    expect((await left()).filter((name) => !name.startsWith('1.0/'))).toEqual(
      PACK.map((name) => name.replace('1.0', '2.0')),
    );
  });

  it.each([...PLACES, 'rename 3'])('at %s over the same version leaves a whole pack or none', async (place) => {
    server.behave({ wheel: WHEEL });
    await install();
    expect(await runUntil('1.0', place)).toBe('SIGKILL');
    const found = await findPack(home);
    expect(found === null).toBe(place === 'rename 2');
    if (found !== null) expect(await readFile(join(found.folder, 'cc.so'))).toEqual(LIBRARY);
    await install();
    expect(await left()).toEqual(PACK);
  });

  it('that nobody kills has come to its end', async () => {
    server.behave({ wheel: WHEEL });
    expect(await runUntil('1.0', 'nowhere')).toBe('installed after 2 renames');
    expect(await left()).toEqual(PACK);
  });
});
