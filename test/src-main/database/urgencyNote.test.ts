import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_URGENCY_TIERS } from '#main/contract/findings';
import { noteUrgency, readUrgency } from '#main/database/urgencyNote';
import { makeFolder } from './openTestDatabase';

test('the urgency is that of the product until a site has said otherwise', async () => {
  const home = makeFolder();
  expect(readUrgency(home)).toEqual(DEFAULT_URGENCY_TIERS);
  await noteUrgency(home, { Mass: 1, Hernia: 3 });
  expect(readUrgency(home)).toEqual({ Mass: 1, Hernia: 3 });
});

test.each(['', '{', '{"tiers":{"Mass":4}}', '{"tiers":{"Mass":"1"}}'])(
  'a note that reads %j is an error, never a guess',
  async (text) => {
    const home = makeFolder();
    await writeFile(join(home, 'urgency.json'), text);
    expect(() => readUrgency(home)).toThrow(expect.objectContaining({ code: 'settings/invalid' }));
  },
);
