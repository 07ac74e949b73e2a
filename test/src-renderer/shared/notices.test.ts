import { describe, expect, it } from 'vitest';
import { AppError, cancelled } from '#main/contract/errors';
import { Notices } from '../../../src-renderer/shared/notices.svelte';

describe('Notices', () => {
  it('counts the same error instead of repeating it, and keeps the newest four', () => {
    const notices = new Notices();
    for (const name of ['a', 'b', 'b', 'c', 'd', 'e']) notices.report(new AppError('file/empty', `${name} is empty.`));
    expect(notices.list.map(({ error, times }) => [error.message, times])).toEqual([
      ['e is empty.', 1],
      ['d is empty.', 1],
      ['c is empty.', 1],
      ['b is empty.', 2],
    ]);
  });

  it('stays silent about what a person cancelled', async () => {
    const notices = new Notices();
    const result = await notices.attempt(() => Promise.reject(cancelled()));
    expect([result, notices.list]).toEqual([undefined, []]);
  });
});
