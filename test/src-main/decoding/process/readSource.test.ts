import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSource } from '#main/decoding/process/readSource';
import { listArchive } from '#main/decoding/process/archive';
import { makeZip } from '#test/helpers/makeZip';

test.skipIf(process.platform !== 'linux')('files and archives whose names are not UTF-8 are read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hilum-names-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const named = (end: string) => Buffer.concat([Buffer.from(join(folder, 'f')), Buffer.from([0xe9]), Buffer.from(end)]);
  await writeFile(named('.png'), 'film');
  await writeFile(named('.zip'), makeZip([{ name: 'a.png', bytes: Buffer.from('entry') }]));
  const [file, archive] = [join(folder, 'f\\xe9.png'), join(folder, 'f\\xe9.zip')];
  expect(Buffer.from(await readSource({ path: file, entry: null })).toString()).toBe('film');
  expect(await listArchive(archive, new AbortController().signal)).toEqual(['a.png']);
  expect(Buffer.from(await readSource({ path: archive, entry: 'a.png' })).toString()).toBe('entry');
});
