import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '#main/contract/errors';
import { ERROR_TEXTS } from '../../../src-renderer/shared/errorTexts';

describe('ERROR_TEXTS', () => {
  it('has a sentence and what to do for every code, and none beyond', () => {
    expect(Object.keys(ERROR_TEXTS).sort()).toEqual([...ERROR_CODES].sort());
    const unfinished = Object.values(ERROR_TEXTS).flatMap(({ sentence, whatToDo }) =>
      [sentence, whatToDo].filter((text) => !/^[A-Z`].*\.$/.test(text)),
    );
    expect(unfinished).toEqual([]);
  });

  it('never shows cancelling as an error, and everything else', () => {
    const silent = ERROR_CODES.filter((code) => ERROR_TEXTS[code].severity === 'silent');
    expect(silent).toEqual(['task/cancelled']);
  });
});
