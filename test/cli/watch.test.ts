import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NOTICE } from '#main/contract/prediction';
import { GOLDEN_FILMS, hilum, makeFolder, startHilum } from './hilum';

const folder = await makeFolder();

it('hilum watch tells of each film on a line of its own, and ends cleanly on Ctrl-C', async () => {
  const inbox = join(folder, 'inbox');
  await mkdir(inbox);
  const film = join(inbox, 'film.png');
  await copyFile(join(GOLDEN_FILMS, 'images-256', '00000831_001.png'), film);
  const { child, ended } = startHilum(folder, ['watch', inbox, '--json']);
  child.stdout?.once('data', () => child.kill('SIGINT'));
  const { code, stdout } = await ended;
  const lines = stdout.split('\n').slice(0, -1);
  expect({ code, lines: lines.map((line) => JSON.parse(line) as object) }).toMatchObject({
    code: 130,
    lines: [{ file: film, status: 'ok', known: false, code: '', notice: NOTICE, receipt: { modelId: 'demo' } }],
  });
});

it('hilum watch wants a folder that is there', async () => {
  expect(await hilum(folder, 'watch', join(folder, 'missing'))).toMatchObject({ code: 2, stdout: '' });
});
