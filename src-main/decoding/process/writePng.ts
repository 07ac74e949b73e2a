/** Grey pictures as 8-bit PNG. */
import sharp from 'sharp';
import { writeAtomically } from './writeAtomically';

export type GreyPicture = {
  /** Display grey, [rows*columns]. */
  readonly grey: Uint8Array;
  readonly rows: number;
  readonly columns: number;
};

/** `description` lies in the file's EXIF data. */
export async function writePng(
  path: string,
  { grey, rows, columns }: GreyPicture,
  description?: string,
): Promise<void> {
  const picture = sharp(grey, { raw: { width: columns, height: rows, channels: 1 }, limitInputPixels: false });
  if (description !== undefined) picture.withExif({ IFD0: { ImageDescription: description } });
  await writeAtomically(path, await picture.toColourspace('b-w').png().toBuffer());
}
