import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { NIH_FINDINGS } from '#main/contract/findings';
import { NOTICE } from '#main/contract/prediction';
import { TRIAGE_COLUMNS } from '#main/workflows/triageTable';
import { makeZip } from '#test/helpers/makeZip';
import { DICOM, GOLDEN_FILMS, hilum, makeFolder, reportsOf, rowsOf, startHilum } from './hilum';

const folder = await makeFolder();
const mixed = join(folder, 'mixed');
const FUJI = join(DICOM, 'chest', 'cr_pa_mono1_10bit_fuji_440.dcm');
const NIH = join(GOLDEN_FILMS, 'images-256', '00000831_001.png');

/** A film of every kind that a night's folder may hold. */
const EXPECTED: Record<string, readonly [status: string, code: string]> = {
  'empty.dcm': ['failed', 'file/empty'],
  'night.zip/films/fuji.dcm': ['ok', ''],
  'night.zip/films/notes.txt': ['failed', 'file/unknown-format'],
  'notes.txt': ['failed', 'file/unknown-format'],
  'one/hip.dcm': ['refused', 'film/not-chest'],
  'one/lateral.dcm': ['not_scored', 'film/lateral'],
  'one/nih.png': ['ok', ''],
  'one/two/nih-copy.png': ['ok', ''],
  'one/two/truncated.dcm': ['refused', 'film/incomplete'],
  'report.dcm': ['failed', 'dicom/no-pixels'],
};

beforeAll(async () => {
  await mkdir(join(mixed, 'one', 'two'), { recursive: true });
  await copyFile(NIH, join(mixed, 'one', 'nih.png'));
  await copyFile(NIH, join(mixed, 'one', 'two', 'nih-copy.png'));
  await copyFile(join(DICOM, 'other', 'cr_hip_mono2_10bit_RG2_jply51.dcm'), join(mixed, 'one', 'hip.dcm'));
  await copyFile(join(DICOM, 'malformed', 'chest_truncated_70pct.dcm'), join(mixed, 'one', 'two', 'truncated.dcm'));
  await copyFile(join(DICOM, 'sr-pr', 'no_pixel_data_sr.dcm'), join(mixed, 'report.dcm'));
  await writeFile(join(mixed, 'one', 'lateral.dcm'), lateral(await readFile(FUJI)));
  await writeFile(join(mixed, 'empty.dcm'), '');
  await writeFile(join(mixed, 'notes.txt'), 'no film');
  await writeFile(join(mixed, '.DS_Store'), 'no file of anybody');
  await writeFile(join(mixed, 'DICOMDIR'), 'not a row');
  const entries = [
    { name: 'films/fuji.dcm', bytes: await readFile(FUJI) },
    { name: 'films/notes.txt', bytes: Buffer.from('no film') },
    { name: '__MACOSX/films/._fuji.dcm', bytes: Buffer.from('no film') },
  ];
  await writeFile(join(mixed, 'night.zip'), makeZip(entries));
});

/** The same film as if it had been taken from the side: ViewPosition (0018,5101) PA becomes LL. */
function lateral(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.from([0x18, 0x00, 0x01, 0x51, 0x43, 0x53, 0x02, 0x00, 0x50, 0x41]));
  expect(at).toBeGreaterThan(0);
  const changed = Buffer.from(bytes);
  changed.write('LL', at + 8, 'latin1');
  return changed;
}

function relative(file: string): string {
  return file.slice(mixed.length + 1);
}

describe('hilum triage', () => {
  const csv = join(folder, 'mixed.csv');

  it('gives every file one row, most urgent first, and numbers only to those that it judged', async () => {
    const { code, stdout, stderr } = await hilum(folder, 'triage', mixed, '--out', csv, '--no-store');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('10 files: 3 judged, 1 not scored (lateral), 2 refused, 4 failed.');
    expect(stderr).toContain(NOTICE);

    const text = await readFile(csv, 'utf8');
    const rows = rowsOf(text);
    expect(text.split('\n')[0]).toBe(TRIAGE_COLUMNS.join(','));
    const outcomes = rows.map(({ file = '', status, code: why }) => [relative(file), [status, why]]);
    expect(Object.fromEntries(outcomes)).toEqual(EXPECTED);
    const order = rows.map(({ status }) => (status === 'failed' ? 'refused' : status));
    expect(order).toEqual([...Array<string>(6).fill('refused'), ...Array<string>(3).fill('ok'), 'not_scored']);
    const numbers = [...NIH_FINDINGS, 'priority'] as string[];
    for (const row of rows) {
      const form = row['status'] === 'ok' ? /^\d\.\d{6}$/ : /^$/;
      for (const name of numbers) expect(row[name]).toMatch(form);
      expect(row['notice']).toBe(NOTICE);
      expect(row['file_sha256']).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('gives identical copies the same numbers', async () => {
    const rows = rowsOf(await readFile(csv, 'utf8'));
    const [first, second] = rows.filter(({ file = '' }) => file.includes('nih')).map((row) => ({ ...row, file: '' }));
    expect(first).toEqual(second);
  });

  it('keeps a journal of the same reports', async () => {
    const reports = reportsOf(await readFile(`${csv}.jsonl`, 'utf8'));
    expect(reports.map(({ file }) => relative(file)).sort()).toEqual(Object.keys(EXPECTED));
  });

  it('streams the reports with --json, and nothing else, on standard output', async () => {
    const { code, stdout } = await hilum(folder, 'triage', join(mixed, 'one'), '--json', '--no-store');
    const outcomes = reportsOf(stdout).map(({ file, status, code: why }) => [relative(file), [status, why]]);
    const expected = Object.entries(EXPECTED).filter(([file]) => file.startsWith('one/'));
    expect({ code, outcomes: Object.fromEntries(outcomes) as unknown }).toEqual({
      code: 3,
      outcomes: Object.fromEntries(expected),
    });
  });

  it('judges one film against its refusal where somebody answers for it, and keeps who said what', async () => {
    const hip = join(mixed, 'one', 'hip.dcm');
    const table = join(folder, 'hip.csv');
    const home = join(folder, 'override-home');
    const override = ['--override', 'film/not-chest', '--reason', 'the header is wrong'];
    const refused = await hilum(home, 'triage', hip, '--out', table);
    const judged = await hilum(home, 'triage', hip, '--resume', `${table}.jsonl`, ...override);
    expect([refused.code, judged.code]).toEqual([3, 0]);
    expect(rowsOf(await readFile(table, 'utf8'))).toMatchObject([
      { status: 'ok', code: '', override: 'film/not-chest: the header is wrong' },
    ]);
    const database = new Database(join(home, 'hilum.sqlite'), { readonly: true });
    const stored = database.prepare('SELECT override_code, override_reason, priority FROM predictions').all();
    const films = database.prepare('SELECT status FROM films').all();
    database.close();
    const priority = expect.any(Number) as number;
    expect(stored).toEqual([{ override_code: 'film/not-chest', override_reason: 'the header is wrong', priority }]);
    expect(films).toEqual([{ status: 'ok' }]);
    expect(await hilum(home, 'triage', mixed, ...override)).toMatchObject({ code: 2, stdout: '' });
  });

  it('ends with 0 where all films were judged, and prints a table', async () => {
    const { code, stdout } = await hilum(folder, 'triage', NIH, '--no-store');
    expect(code).toBe(0);
    expect(stdout).toContain('00000831_001.png');
    expect(stdout).toContain('leading finding');
  });

  it('ends with 4 where there is no file at all, and writes nothing', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const { code, stderr } = await hilum(folder, 'triage', empty, '--out', join(folder, 'none.csv'), '--no-store');
    expect({ code, left: existsSync(join(folder, 'none.csv.jsonl')) }).toEqual({ code: 4, left: false });
    expect(stderr).toContain('no file at all');
  });

  it('gives its own table and journal no row where they lie in the folder', async () => {
    const own = join(folder, 'own');
    await mkdir(own);
    await writeFile(join(own, 'notes.txt'), 'no film');
    const table = join(own, 'x.csv');
    await hilum(folder, 'triage', own, '--out', table, '--no-store');
    await hilum(folder, 'triage', own, '--resume', `${table}.jsonl`, '--no-store');
    expect(rowsOf(await readFile(table, 'utf8')).map(({ file }) => file)).toEqual([join(own, 'notes.txt')]);
  });

  it('gives a row to a path that does not exist', async () => {
    const { code, stdout } = await hilum(folder, 'triage', join(folder, 'nowhere'), '--json', '--no-store');
    expect(code).toBe(3);
    expect(reportsOf(stdout)).toMatchObject([{ status: 'failed', code: 'file/not-found', fileSha256: '' }]);
  });

  it('leaves the database alone with --no-store, and else keeps films, predictions and maps', async () => {
    const home = join(folder, 'home');
    await mkdir(home);
    await hilum(home, 'triage', NIH, '--no-store');
    expect(existsSync(join(home, 'hilum.sqlite'))).toBe(false);
    expect((await hilum(home, 'triage', mixed)).code).toBe(3);
    expect((await hilum(home, 'triage', mixed)).code).toBe(3);
    const database = new Database(join(home, 'hilum.sqlite'), { readonly: true });
    const films = database.prepare('SELECT status, count(*) AS n FROM films GROUP BY status ORDER BY status').all();
    const predictions = database.prepare('SELECT count(*) AS n, min(length(maps)) AS bytes FROM predictions').get();
    database.close();
    expect(films).toEqual([
      { status: 'not_scored', n: 1 },
      { status: 'ok', n: 2 },
      { status: 'refused', n: 2 },
    ]);
    expect(predictions).toEqual({ n: 2, bytes: 14 * 7 * 7 * 4 });
  });
});

describe('a triage that is cut off', () => {
  const many = join(folder, 'many');
  const COUNT = 14;
  beforeAll(async () => {
    await mkdir(many);
    for (let index = 0; index < COUNT; index++) await copyFile(NIH, join(many, `${index}.png`));
  });

  async function linesOf(path: string): Promise<number> {
    return existsSync(path) ? (await readFile(path, 'utf8')).split('\n').length - 1 : 0;
  }

  async function cutOff(signal: 'SIGINT' | 'SIGKILL', out: string): Promise<number | null> {
    const { child, ended } = startHilum(folder, ['triage', many, '--out', out, '--no-store']);
    while ((await linesOf(`${out}.jsonl`)) < 3) {
      expect(child.exitCode).toBe(null);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill(signal);
    return (await ended).code;
  }

  it('keeps what it has on Ctrl-C, ends with 130, and resumes to the same table', async () => {
    const out = join(folder, 'cut.csv');
    expect(await cutOff('SIGINT', out)).toBe(130);
    const done = await linesOf(`${out}.jsonl`);
    expect({ table: existsSync(out), some: done >= 3, all: done === COUNT }).toEqual({
      table: false,
      some: true,
      all: false,
    });
    const resumed = await hilum(folder, 'triage', many, '--resume', `${out}.jsonl`, '--no-store');
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain(`${done} taken from the journal`);
    const whole = join(folder, 'whole.csv');
    await hilum(folder, 'triage', many, '--out', whole, '--no-store');
    expect(await readFile(out, 'utf8')).toBe(await readFile(whole, 'utf8'));
  });

  it('resumes after it was killed, and computes a changed file again', async () => {
    const out = join(folder, 'killed.csv');
    await cutOff('SIGKILL', out);
    const [first] = reportsOf(await readFile(`${out}.jsonl`, 'utf8'));
    if (first === undefined) throw new Error('the journal has a line');
    await copyFile(join(GOLDEN_FILMS, 'images-256', '00001063_000.png'), first.file);
    expect((await hilum(folder, 'triage', many, '--resume', `${out}.jsonl`, '--no-store')).code).toBe(0);
    const rows = rowsOf(await readFile(out, 'utf8'));
    expect(rows.length).toBe(COUNT);
    expect(rows.filter(({ file_sha256 }) => file_sha256 !== first.fileSha256).map(({ file }) => file)).toEqual([
      first.file,
    ]);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const { child, ended } = startHilum(folder, ['triage', many, '--json', '--no-store']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
