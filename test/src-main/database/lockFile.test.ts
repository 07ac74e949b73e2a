import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nameProcess } from '#main/channel/processLife';
import { isLocked, tryLock } from '#main/database/lockFile';

const folder = await mkdtemp(join(tmpdir(), 'hilum-lock-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('tryLock', () => {
  it('locks once, until it is given back', async () => {
    const file = join(folder, 'deep', 'lock');
    const unlock = await tryLock(file);
    expect(unlock).not.toBeNull();
    expect([await isLocked(file), await tryLock(file)]).toEqual([true, null]);
    await unlock!();
    expect(await isLocked(file)).toBe(false);
  });

  it.each([
    ['a process that is gone', '4194305 17'],
    ['an earlier process under our number', nameProcess()],
    ['nobody', 'nobody'],
  ])('takes over what %s has left', async (who, name) => {
    const file = join(folder, who);
    await writeFile(file, name);
    expect(await tryLock(file)).not.toBeNull();
  });

  it('leaves a lock alone that is just being written, and takes one that never was', async () => {
    const file = join(folder, 'empty');
    await writeFile(file, '');
    expect(await tryLock(file)).toBeNull();
    await utimes(file, 0, 0);
    expect(await tryLock(file)).not.toBeNull();
  });
});
