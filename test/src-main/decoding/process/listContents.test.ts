import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listContents } from '#main/decoding/process/listContents';

test.each([
  ['DICOMDIR', 'no such thing', 'dicom/malformed'],
  ['dicomdir;1', '', 'dicom/malformed'],
  ['films.zip', 'no such thing', 'archive/malformed'],
])('%s that holds "%s" is refused as what its name says', async (name, content, code) => {
  const folder = await mkdtemp(join(tmpdir(), 'hilum-contents-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), content);
  await expect(listContents(join(folder, name), new AbortController().signal)).rejects.toMatchObject({ code });
});
