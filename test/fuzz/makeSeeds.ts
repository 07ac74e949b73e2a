/** The good files that broken ones are made of: every kind that Hilum reads, small, so that many can be tried. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createCodecs } from '#main/decoding/process/codecs/createCodecs';
import { MADE_SYNTAXES, makeDicom } from '#test/helpers/makeDicom';
import { makeZip } from '#test/helpers/makeZip';

const ROOT = join(import.meta.dirname, '..', '..');
const FIXTURES = join(ROOT, 'test', 'fixtures');
const LARGEST_SEED_BYTES = 25_000;

export type Seed = { readonly name: string; readonly bytes: Buffer };

export async function makeSeeds(largestBytes = LARGEST_SEED_BYTES): Promise<readonly Seed[]> {
  await createCodecs(join(ROOT, 'node_modules', 'dcmjs-codecs', 'build'));
  const made = MADE_SYNTAXES.map((syntax) => ({ name: `made/${syntax}.dcm`, bytes: makeDicom(syntax) }));
  const found = ['dicom', 'rasters'].flatMap((folder) => readSeeds(join(FIXTURES, folder), folder, largestBytes));
  const [film] = made;
  const rasters = found.filter(({ name }) => /grey8\.png|grey\.jpg/.test(name));
  const zip = makeZip([...rasters, ...(film === undefined ? [] : [film])]);
  return [...made, ...found, { name: 'made/films.zip', bytes: zip }];
}

const FILMS = /\.(dcm|png|jpg|tif)$/;

function readSeeds(folder: string, name: string, largestBytes: number): Seed[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return paths.flatMap((path) => {
    const file = join(folder, path);
    const { size } = statSync(file);
    if (!FILMS.test(path) || size === 0 || size > largestBytes) return [];
    return [{ name: `${name}/${path}`, bytes: readFileSync(file) }];
  });
}
