/** The small pure parts of the command line: tables, the progress line, what may stand on a terminal. */
import { describe, expect, it } from 'vitest';
import { parseWindow } from '#main/cli/commands/inspect';
import { describeCounts } from '#main/cli/countStatuses';
import { describeProblem } from '#main/cli/describeProblem';
import { exitCodeOf, exitCodeOfReports } from '#main/cli/exitCodes';
import { progressLine } from '#main/cli/progressBar';
import { plainText } from '#main/cli/terminal';
import { textTable } from '#main/cli/textTable';
import { AppError, type ErrorCode } from '#main/contract/errors';

describe('plainText', () => {
  it('lets nothing through that steers a terminal', () => {
    expect(plainText('a\u001b[31mred\u001b[0m\u0007\nb\u009b2Jc')).toBe('ared\ufffd\ufffdbc');
    expect(plainText('山田^太郎 Größe')).toBe('山田^太郎 Größe');
    expect(plainText('a\u202egnp.mcd\u2066\u2069')).toBe('a\ufffdgnp.mcd\ufffd\ufffd');
  });
});

describe('textTable', () => {
  it('aligns columns and shortens long cells in their middle', () => {
    const table = textTable<readonly [string, string]>(
      [
        { heading: 'file', cell: ([file]) => file, widest: 9 },
        { heading: 'p', cell: ([, p]) => p, align: 'right' },
        { heading: 'note', cell: () => '' },
      ],
      [
        ['a-long-name.png', '0.5'],
        ['b', '10.25'],
      ],
    );
    expect(table).toBe('file           p  note\na-l…e.png    0.5\nb          10.25\n');
  });
});

describe('progressLine', () => {
  it('tells how far, how fast and how long', () => {
    const line = progressLine({ done: 6, total: 24, elapsedSeconds: 3, file: 'a.png' });
    expect(line).toBe(`${'█'.repeat(6)}${'░'.repeat(18)} 6/24  2.0 films/s  0:09 left  a.png`);
  });

  it('leaves out what it can not know while files are being counted', () => {
    expect(progressLine({ done: 6, total: null, elapsedSeconds: 3, file: 'a.png' })).toBe(
      '6 films  2.0 films/s  a.png',
    );
  });

  it('writes hours where it takes hours', () => {
    expect(progressLine({ done: 1, total: 3601, elapsedSeconds: 1, file: '' })).toContain('1:00:00 left');
  });
});

describe('describeCounts', () => {
  it('leaves out what did not happen', () => {
    expect(describeCounts({ ok: 2, not_scored: 0, refused: 1, failed: 0 })).toBe('3 files: 2 judged, 1 refused');
    expect(describeCounts({ ok: 0, not_scored: 1, refused: 0, failed: 0 })).toBe('1 file: 1 not scored (lateral)');
  });
});

describe('exit codes', () => {
  it.each<[ErrorCode, number]>([
    ['task/cancelled', 130],
    ['usage/invalid', 2],
    ['engine/unavailable', 5],
    ['model/hash-mismatch', 5],
    ['database/corrupt', 1],
    ['internal/unexpected', 1],
  ])('ends on %s with %i', (code, exitCode) => {
    expect(exitCodeOf(new AppError(code, ''))).toBe(exitCode);
  });

  it('tells whether all, some or no files were judged', () => {
    const none = { ok: 0, not_scored: 0, refused: 0, failed: 0 };
    expect([
      exitCodeOfReports(none),
      exitCodeOfReports({ ...none, ok: 1, not_scored: 1 }),
      exitCodeOfReports({ ...none, ok: 1, refused: 1 }),
      exitCodeOfReports({ ...none, ok: 1, failed: 1 }),
    ]).toEqual([4, 0, 3, 3]);
  });
});

describe('describeProblem', () => {
  it('is a sentence with its code, and what to do', () => {
    expect(describeProblem(new AppError('model/not-found', 'There is no model named x.'))).toBe(
      'hilum: There is no model named x. [model/not-found]\n' +
        '       See "hilum models list" for the models that are here.\n',
    );
  });
});

describe('parseWindow', () => {
  it.each([
    ['2', { kind: 'preset', number: 2 }],
    ['lut', { kind: 'lut' }],
    ['minmax', { kind: 'minmax' }],
    ['2048,1024.5', { kind: 'window', center: 2048, width: 1024.5 }],
    ['-600, 1500', { kind: 'window', center: -600, width: 1500 }],
  ])('takes %j', (text, window) => {
    expect(parseWindow(text)).toEqual(window);
  });

  it.each(['', '0', '1,', ',1', '1,0', '1,-5', '1,2,3', 'x', '1,x', 'Infinity,1'])('refuses %j', (text) => {
    expect(() => parseWindow(text)).toThrow(expect.objectContaining({ code: 'usage/invalid' }) as Error);
  });
});
