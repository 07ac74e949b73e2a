import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJournal, startJournal, writeAtomically } from '#main/workflows/triageJournal';
import { makeProblem, makeReport } from './makeReport';

let root: string;
let path: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hilum-journal-'));
  path = join(root, 'x.csv.jsonl');
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('the journal of a triage', () => {
  it('gives back what was written, by file, the newest of a file', async () => {
    const journal = await startJournal(path);
    const reports = [makeReport(), makeProblem('failed', { file: 'b', film: null }), makeReport({ priority: 0 })];
    await Promise.all(reports.map((report) => journal.append(report)));
    await journal.close();
    expect(await readJournal(path)).toEqual(
      new Map([
        ['films/a.dcm', reports[2]],
        ['b', reports[1]],
      ]),
    );
  });

  it('has a line on the disk as soon as it is appended', async () => {
    const journal = await startJournal(path);
    await journal.append(makeReport());
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(makeReport());
    await journal.close();
  });

  it('drops a last line that was cut off', async () => {
    const whole = `${JSON.stringify(makeReport())}\n`;
    await writeFile(path, whole + whole.slice(0, 40));
    expect(await readJournal(path)).toEqual(new Map([['films/a.dcm', makeReport()]]));
  });

  it('takes over the reports of an earlier one, also into the same file', async () => {
    await writeFile(path, `${JSON.stringify(makeReport())}\n{"file": "cut`);
    const known = await readJournal(path);
    const journal = await startJournal(path, known.values());
    await journal.append(makeReport({ file: 'b' }));
    await journal.close();
    expect([...(await readJournal(path)).keys()]).toEqual(['films/a.dcm', 'b']);
  });

  it('refuses a file that is no journal, and names the line', async () => {
    await writeFile(path, `${JSON.stringify(makeReport())}\n{"file": 1}\n`);
    await expect(readJournal(path)).rejects.toMatchObject({
      code: 'usage/invalid',
      message: expect.stringContaining('Line 2') as string,
    });
    await expect(readJournal(join(root, 'none'))).rejects.toMatchObject({ code: 'usage/invalid' });
  });

  it('says at the start that it can not be written', async () => {
    await expect(startJournal(join(root, 'no', 'x.jsonl'))).rejects.toMatchObject({ code: 'usage/invalid' });
  });
});

describe('writeAtomically', () => {
  it('replaces the file, and leaves nothing else behind', async () => {
    await writeFile(path, 'old');
    await writeAtomically(path, 'new');
    expect([await readFile(path, 'utf8'), await readdir(root)]).toEqual(['new', ['x.csv.jsonl']]);
  });

  it.skipIf(process.platform === 'win32')('keeps patients from the eyes of other users', async () => {
    await writeAtomically(path, 'new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
