/** DICOM films of chests whose header says a view: parts of the sample films, no two alike. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { makeDicom } from './makeDicom';

const NATIVE = '1.2.840.10008.1.2.1';

/** Each PNG of the folder `pictures` as `00.dcm` … in `films`; `viewOf` its place. Returns the files. */
export async function writeViewFilms(
  pictures: string,
  films: string,
  viewOf: (place: number) => string,
): Promise<string[]> {
  const names = (await readdir(pictures)).filter((name) => name.endsWith('.png')).sort();
  for (const [place, name] of names.entries()) {
    const { data, info } = await sharp(await readFile(join(pictures, name)))
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = { rows: info.height, columns: info.width, bitsAllocated: 8, bitsStored: 8, pixels: data } as const;
    const film = makeDicom(
      NATIVE,
      [
        [0x0008, 0x0018, 'UI', `1.2.3.4.${place}`],
        [0x0010, 0x0020, 'LO', `site-${place}`],
        [0x0018, 0x5101, 'CS', viewOf(place)],
        [0x0020, 0x000d, 'UI', `1.2.3.${place}`],
        [0x0028, 0x1050, 'DS', '128'],
        [0x0028, 0x1051, 'DS', '256'],
      ],
      picture,
    );
    await writeFile(join(films, filmName(place)), film);
  }
  return names.map((_, place) => join(films, filmName(place)));
}

export function filmName(place: number): string {
  return `${String(place).padStart(3, '0')}.dcm`;
}
