import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { toErrorBody } from '#main/contract/errors';
import { readLabelFile, readTableFile } from '#main/workflows/evaluation/readTableFile';
import { labelFixture } from '#test/helpers/labelFixture';

const folder = await mkdtemp(join(tmpdir(), 'hilum-tables-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const TEXT = 'file,Mass\nRöntgen.png,1\n';
const utf16 = Buffer.from(TEXT, 'utf16le');

async function write(bytes: Buffer): Promise<string> {
  const file = join(folder, 'table.csv');
  await writeFile(file, bytes);
  return file;
}

describe('readTableFile', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${TEXT}`)],
    ['UTF-16 of Excel', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16 with the high byte first', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])],
    ['UTF-16 without a mark', utf16],
    ['Windows-1252', Buffer.from(TEXT, 'latin1')],
    ['gzip', gzipSync(TEXT)],
  ])('reads %s', async (_what, bytes) => {
    expect(await readTableFile(await write(bytes))).toBe(TEXT);
  });

  it.each([
    ['a spreadsheet', Buffer.from('PK\x03\x04\0\0'), 'label/unknown-format', 'table.csv is a spreadsheet or a ZIP'],
    ['a program', Buffer.from('\x7fELF\x02\0\0'), 'label/unknown-format', 'table.csv is no text'],
    ['a damaged gzip file', gzipSync(TEXT).subarray(0, 20), 'label/malformed', 'table.csv is a damaged gzip'],
  ])('refuses %s', async (_what, bytes, code, words) => {
    const problem = toErrorBody(await readTableFile(await write(bytes)).catch((error: unknown) => error));
    expect(problem).toMatchObject({ code, message: expect.stringContaining(words) as string });
  });
});

describe('readLabelFile', () => {
  it('finds the views of MIMIC-CXR in the table of films that lies beside the labels', async () => {
    const labels = join(folder, 'mimic-cxr-2.0.0-chexpert.csv.gz');
    await writeFile(labels, gzipSync(labelFixture('mimic-chexpert.csv')));
    const alone = await readLabelFile(labels);
    expect([alone.joinBy, alone.warnings.map(({ code }) => code)]).toEqual(['folder', ['views-missing']]);
    await writeFile(join(folder, 'mimic-cxr-2.0.0-metadata.csv.gz'), gzipSync(labelFixture('mimic-metadata.csv')));
    const { joinBy, rows } = await readLabelFile(labels);
    expect([joinBy, rows.map(({ view }) => view)]).toEqual(['file', ['PA', 'LATERAL', 'AP']]);
  });

  it('says in which file what is wrong', async () => {
    const file = await write(Buffer.from('file,Mass\na.png,2\n'));
    await expect(readLabelFile(file)).rejects.toMatchObject({
      code: 'label/malformed',
      message: `${file}: Labels are 1, 0, -1 or blank, and Mass hold other things (in line 2).`,
      details: { file, lines: '2', count: 1 },
    });
  });
});
