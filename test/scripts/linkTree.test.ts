import { mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { linkTree } from '../../scripts/linkTree.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hilum-link-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('gives the files of a folder a second name, with their modes, and keeps links as they are', async () => {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  await mkdir(join(from, 'bin'), { recursive: true });
  await writeFile(join(from, 'bin', 'program'), 'x', { mode: 0o755 });
  await symlink('bin/program', join(from, 'latest'));

  await linkTree(from, to);

  const [original, copy] = await Promise.all([from, to].map((root) => stat(join(root, 'bin', 'program'))));
  expect(copy?.ino).toBe(original?.ino);
  expect((copy?.mode ?? 0) & 0o777).toBe(0o755);
  expect(await readlink(join(to, 'latest'))).toBe('bin/program');
});

it('does not touch the copy when the original is replaced', async () => {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  await mkdir(from);
  await writeFile(join(from, 'a'), 'old');
  await linkTree(from, to);
  await rm(join(from, 'a'));
  await writeFile(join(from, 'a'), 'new');
  expect(await readFile(join(to, 'a'), 'utf8')).toBe('old');
});
