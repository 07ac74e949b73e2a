/** No option of the command line may cost anybody a film. */
import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { GOLDEN_FILMS, hilum, makeFolder } from './hilum';

const root = await makeFolder();
const FILM = join(GOLDEN_FILMS, 'images-256', '00000831_001.png');
let folder: string;
let made = 0;

beforeEach(async () => {
  folder = join(root, String(made++));
  await mkdir(join(folder, 'films'), { recursive: true });
  for (const name of ['a.png', 'b.dcm', 'a.Mass.png', 'films/c.png']) await copyFile(FILM, inFolder(name));
  await symlink(inFolder('a.png'), inFolder('symbolic.png'));
  await link(inFolder('a.png'), inFolder('hard.png'));
});

function inFolder(name: string): string {
  return join(folder, name);
}

/** Name → hash of all that there is. */
async function contents(): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true });
  const hashes = names.map(async (name) => [
    name,
    await readFile(inFolder(name)).then(
      (bytes) => createHash('sha256').update(bytes).digest('hex'),
      () => 'folder',
    ),
  ]);
  return Object.fromEntries(await Promise.all(hashes)) as Record<string, string>;
}

describe('an output option', () => {
  it.each([
    ['triage a.png --out b.dcm --no-store', 'no table', 'exists and is not a table'],
    ['triage a.png --out a.png --no-store', 'an input', 'exists and is not a table'],
    ['triage films --out films/c.png --no-store', 'an input', 'exists and is not a table'],
    ['triage a.png --out films --no-store', 'a folder', 'is a folder'],
    ['triage a.png --out none/x.csv --no-store', 'nowhere', 'there is no folder'],
    ['inspect a.png --render a.png', 'an input', 'is to be read'],
    ['inspect a.png --render symbolic.png', 'a link to an input', 'is to be read'],
    ['inspect a.png --render hard.png', 'a second name of an input', 'is to be read'],
    ['inspect b.dcm --pixels b.dcm', 'an input', 'is to be read'],
    ['inspect a.png --pixels b.dcm', 'another film', 'is not a .png or .pgm'],
    ['inspect a.png --render none/x.png', 'nowhere', 'there is no folder'],
    ['analyse a.png a.Mass.png --maps .', 'an input', 'might overwrite'],
    ['analyse films --maps films/maps', 'what is read', 'outside of it'],
    ['analyse a.png --maps b.dcm', 'a film', 'is not a folder'],
    ['models export demo --format onnx --out b.dcm', 'a film', 'which exists'],
  ])('refuses %s (%s), and writes nothing', async (line, _what, sentence) => {
    const before = await contents();
    const isOption = (word: string): boolean => word.startsWith('--') || ['demo', 'export', 'onnx'].includes(word);
    const [command = '', ...words] = line.split(' ');
    const args = words.map((word) => (isOption(word) ? word : inFolder(word)));
    const { code, stdout, stderr } = await hilum(root, command, ...args);
    expect({ code, stdout, after: await contents() }).toEqual({ code: 2, stdout: '', after: before });
    expect(stderr).toContain(sentence);
    expect(stderr).toContain('[usage/invalid]');
  });

  it('replaces what Hilum itself has made', async () => {
    for (let round = 0; round < 2; round++) {
      const table = await hilum(root, 'triage', inFolder('films'), '--out', inFolder('x.csv'), '--no-store');
      const picture = await hilum(root, 'inspect', inFolder('a.png'), '--render', inFolder('x.png'));
      const maps = await hilum(root, 'analyse', inFolder('a.png'), '--maps', inFolder('maps'));
      expect([table.code, picture.code, maps.code]).toEqual([0, 0, 0]);
    }
  });
});

describe('the journal of a triage that was cut off', () => {
  const journal = (): string => inFolder('x.csv.jsonl');
  beforeEach(async () => {
    await hilum(root, 'triage', inFolder('films'), '--out', inFolder('x.csv'), '--no-store');
    // As if the table were of the night before.
    await utimes(inFolder('x.csv'), 1, 1);
  });

  it('stays as it is where nothing is there to be read', async () => {
    await mkdir(inFolder('share'));
    const cut = `${await readFile(journal(), 'utf8')}{"file": "cut`;
    await writeFile(journal(), cut);
    const { code } = await hilum(root, 'triage', inFolder('share'), '--resume', journal(), '--no-store');
    expect({ code, left: await readFile(journal(), 'utf8') }).toEqual({ code: 4, left: cut });
  });

  it('is not begun anew, and the sentence says how to go on', async () => {
    const before = await contents();
    const again = await hilum(root, 'triage', inFolder('films'), '--out', inFolder('x.csv'), '--no-store');
    expect({ code: again.code, after: await contents() }).toEqual({ code: 2, after: before });
    expect(again.stderr).toContain(`--resume ${journal()}`);
    const resumed = await hilum(root, 'triage', inFolder('films'), '--resume', journal(), '--no-store');
    expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining('1 taken from the journal') as string });
  });
});
