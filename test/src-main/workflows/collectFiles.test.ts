import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#main/contract/errors';
import { collectFiles, type ListArchive } from '#main/workflows/collectFiles';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hilum-collect-'));
});
afterEach(async () => {
  await chmod(join(root, 'closed'), 0o700).catch(() => undefined);
  await rm(root, { recursive: true, force: true });
});

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), path.endsWith('.zip') ? 'PK\u0003\u0004' : 'x');
  }
}

const noArchives: ListArchive = () => Promise.reject(new Error('no archive is expected here'));

/** `file` or `file!code`, relative to the root and sorted. */
async function collect(paths: string[], listArchive = noArchives): Promise<string[]> {
  const files: string[] = [];
  for await (const { file, problem } of collectFiles(paths.map(inRoot), listArchive)) {
    files.push(file.slice(root.length + 1) + (problem === null ? '' : `!${problem.code}`));
  }
  return files.sort();
}

function inRoot(path: string): string {
  return join(root, path);
}

describe('collectFiles', () => {
  it('brings every file of a folder, at any depth and whatever it is', async () => {
    await put('a.dcm', 'notes.txt', 'one/b.png', 'one/two/IM0001');
    expect(await collect(['.'])).toEqual(['a.dcm', 'notes.txt', 'one/b.png', 'one/two/IM0001']);
  });

  it('leaves out dot files, what macOS adds, and the DICOMDIR itself', async () => {
    await put('.DS_Store', '.git/a.png', '__MACOSX/._b.png', 'DICOMDIR', 'cd/dicomdir', 'iso/DICOMDIR;1', 'c.png');
    expect(await collect(['.'])).toEqual(['c.png']);
  });

  it('brings a dot file that was named itself', async () => {
    await put('.hidden.png');
    expect(await collect(['.hidden.png'])).toEqual(['.hidden.png']);
  });

  it('takes a named DICOMDIR for the folder it lies in', async () => {
    await put('cd/DICOMDIR', 'cd/IMAGES/IM1', 'other.png');
    const listed: ListArchive = () => Promise.resolve(['IMAGES/IM1']);
    expect(await collect(['cd/DICOMDIR'], listed)).toEqual(['cd/IMAGES/IM1']);
  });

  it('tells of what a DICOMDIR names and what is not there, once, in whatever case or version names are', async () => {
    await put('cd/dicomdir', 'cd/images/im1;1', 'cd/images/IM2.', 'cd/IMAGES2/IM3');
    const listed: ListArchive = () =>
      Promise.resolve(['IMAGES/IM1', 'IMAGES/IM2', 'IMAGES/IM9', 'IMAGES2/IM3', 'GONE/IM1', '../etc/IM1']);
    const expected = [
      'cd/GONE/IM1!file/not-found',
      'cd/IMAGES/IM9!file/not-found',
      'cd/IMAGES2/IM3',
      'cd/images/IM2.',
      'cd/images/im1;1',
      'etc/IM1!archive/unsafe-path',
    ];
    expect(await collect(['cd/dicomdir', 'cd'], listed)).toEqual(expected);
    expect(await collect(['.'], listed)).toEqual(expected);
  });

  it('walks the folder of a DICOMDIR that can not be read, and says so where it was named itself', async () => {
    await put('cd/DICOMDIR', 'cd/IM1');
    const broken: ListArchive = () => Promise.reject(new AppError('dicom/malformed', 'Broken.'));
    expect(await collect(['cd/DICOMDIR'], broken)).toEqual(['cd/DICOMDIR!dicom/malformed', 'cd/IM1']);
    expect(await collect(['cd'], broken)).toEqual(['cd/IM1']);
  });

  it('brings a file once, though it was named twice and lies in a named folder', async () => {
    await put('a/x.png', 'a/y.png');
    expect(await collect(['a/x.png', 'a/x.png', 'a', 'a'])).toEqual(['a/x.png', 'a/y.png']);
  });

  it('brings a file once in whatever order it and its folder are named, links included', async () => {
    await put('a/x.png', 'a/y.png');
    await symlink(inRoot('a'), inRoot('b'));
    await symlink(inRoot('a/x.png'), inRoot('link.png'));
    expect(await collect(['a', 'a/x.png'])).toEqual(['a/x.png', 'a/y.png']);
    expect(await collect(['b', 'a/x.png'])).toEqual(['a/x.png', 'b/y.png']);
    expect(await collect(['a/x.png', 'link.png'])).toEqual(['a/x.png']);
  });

  it.each([
    ['night.zip', 'night.zip/s/a.dcm'],
    ['night.zip/s/a.dcm', 'night.zip'],
    ['.', 'night.zip/s/a.dcm'],
  ])('brings an entry once where %s and %s are named', async (...paths) => {
    await put('night.zip');
    const files = await collect(paths, () => Promise.resolve(['s/a.dcm', 's/b.dcm']));
    expect(files.map((file) => file.replace(/^.*\.\//, ''))).toEqual(['night.zip/s/a.dcm', 'night.zip/s/b.dcm']);
  });

  it('tells of an archive that holds nothing', async () => {
    await put('night.zip');
    expect(await collect(['.'], () => Promise.resolve([]))).toEqual(['night.zip!file/empty']);
  });

  it('does not take the second of two entries of one name for the first', async () => {
    await put('night.zip');
    expect(await collect(['.'], () => Promise.resolve(['a.dcm', 'a.dcm']))).toEqual([
      'night.zip/a.dcm',
      'night.zip/a.dcm!archive/malformed',
    ]);
  });

  describe.skipIf(process.platform !== 'linux')('names that are not UTF-8', () => {
    const bytesOf = (...parts: (string | number)[]) =>
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

    async function putStrange(): Promise<void> {
      await put('ü.png', 'odd \ufffd.png', 'only\\xe9.png');
      for (const byte of [0xe9, 0xe8]) await writeFile(bytesOf(inRoot('é'), byte, '.png'), 'x');
      await mkdir(bytesOf(inRoot('J'), 0xfc, 'rgen'));
      await writeFile(bytesOf(inRoot('J'), 0xfc, 'rgen/film.png'), 'x');
    }

    it('are brought with their bytes, and folders of such names with what is in them', async () => {
      await putStrange();
      expect(await collect(['.'])).toEqual([
        'J\\xfcrgen/film.png',
        'odd \ufffd.png',
        'only\\x5cxe9.png',
        'é\\xe8.png',
        'é\\xe9.png',
        'ü.png',
      ]);
    });

    it.each([
      ['as tables give them', 'é\\xe9.png', ['é\\xe9.png']],
      ['as a terminal shows them', 'é\ufffd.png', ['é\\xe8.png', 'é\\xe9.png']],
      ['by their folder', 'J\ufffdrgen/film.png', ['J\\xfcrgen/film.png']],
      ['when they only look so', 'only\\xe9.png', ['only\\x5cxe9.png']],
      ['and are not there', 'n\ufffd.png', ['n\ufffd.png!file/not-found']],
    ])('can be named %s', async (_, path, files) => {
      await putStrange();
      expect(await collect([path])).toEqual(files);
    });
  });

  it('follows symbolic links and is not caught by their loops', async () => {
    await put('a/x.png', 'elsewhere/y.png');
    await symlink(inRoot('a'), inRoot('a/again'));
    await symlink(inRoot('elsewhere'), inRoot('a/other'));
    await symlink(inRoot('elsewhere/y.png'), inRoot('a/link.png'));
    expect(await collect(['a'])).toEqual(['a/link.png', 'a/other/y.png', 'a/x.png']);
  });

  it('tells of what it can not follow', async () => {
    await mkdir(inRoot('a'));
    await symlink(inRoot('nowhere'), inRoot('a/broken'));
    await symlink(inRoot('a/loop'), inRoot('a/loop'));
    expect(await collect(['a', 'missing.png', 'missing/b.png'])).toEqual([
      'a/broken!file/not-found',
      'a/loop!file/unreadable',
      'missing.png!file/not-found',
      'missing/b.png!file/not-found',
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('tells of a folder that may not be read, and goes on', async () => {
    await put('closed/a.png', 'open/b.png');
    await chmod(inRoot('closed'), 0);
    expect(await collect(['.'])).toEqual(['closed!file/unreadable', 'open/b.png']);
  });

  it('never opens a pipe that lies in a folder, and refuses one that is named', async () => {
    await put('a.png');
    execFileSync('mkfifo', [inRoot('pipe')]);
    expect(await collect(['.'])).toEqual(['a.png']);
    expect(await collect(['pipe'])).toEqual(['pipe!file/unreadable']);
  });

  it('opens archives, whose entries are left out by the same rule', async () => {
    await put('night.zip');
    const names = ['s/a.dcm', 's/.x', '__MACOSX/._a.dcm', 'DICOMDIR', '../evil.dcm'];
    expect(await collect(['.'], () => Promise.resolve(names))).toEqual(['night.zip/../evil.dcm', 'night.zip/s/a.dcm']);
  });

  it('tells of an archive that can not be opened', async () => {
    await put('bad.zip', 'a.png');
    const listArchive = (): Promise<never> => Promise.reject(new AppError('archive/malformed', 'It is cut off.'));
    expect(await collect(['.'], listArchive)).toEqual(['a.png', 'bad.zip!archive/malformed']);
  });

  it('takes a file that is only called an archive for what it is', async () => {
    await writeFile(inRoot('film.zip'), 'not an archive');
    await writeFile(inRoot('empty.zip'), '');
    expect(await collect(['.'])).toEqual(['empty.zip', 'film.zip']);
  });

  it('finds the archive behind a program that unpacks it', async () => {
    await writeFile(inRoot('self.zip'), `MZ a program PK\u0003\u0004 entries PK\u0005\u0006${'\0'.repeat(18)}`);
    expect(await collect(['.'], () => Promise.resolve(['a.dcm']))).toEqual(['self.zip/a.dcm']);
  });

  it('takes an office document, which is an archive inside, for one file', async () => {
    await writeFile(inRoot('letter.docx'), 'PK\u0003\u0004');
    expect(await collect(['.'])).toEqual(['letter.docx']);
  });

  it('finds an entry by the name that a table gives it', async () => {
    await put('night.zip');
    const files = [];
    for await (const found of collectFiles([inRoot('night.zip/s/a.dcm')], noArchives)) files.push(found);
    expect(files).toEqual([
      {
        file: inRoot('night.zip/s/a.dcm'),
        source: { path: inRoot('night.zip'), entry: 's/a.dcm' },
        problem: null,
      },
    ]);
  });

  it('passes over what the work itself writes, however it is named', async () => {
    await put('a.png', 'x.csv', 'one/b.png');
    const files = [];
    const leaveOut = [join(root, 'one', '..', 'x.csv')];
    for await (const { file } of collectFiles([root], noArchives, undefined, leaveOut)) files.push(file);
    expect(files.sort()).toEqual([inRoot('a.png'), inRoot('one/b.png')]);
  });

  it('starts with the first file, not after the whole walk', async () => {
    for (let index = 0; index < 50; index++) await put(`${index}/a.png`);
    const files = collectFiles([root], noArchives);
    expect((await files.next()).done).toBe(false);
    await files.return(undefined);
  });

  it('stops when it is cancelled', async () => {
    await put('a.png', 'b.png');
    const controller = new AbortController();
    const files = collectFiles([root], noArchives, controller.signal);
    await files.next();
    controller.abort();
    await expect(files.next()).rejects.toMatchObject({ code: 'task/cancelled' });
  });
});
