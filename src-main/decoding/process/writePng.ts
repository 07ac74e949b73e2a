/** Grey pictures as 8-bit PNG. */
import sharp from 'sharp';
import { writeAtomically } from './writeAtomically';

export type GreyPicture = {
  /** Display grey, [rows*columns]. */
  readonly grey: Uint8Array;
  readonly rows: number;
  readonly columns: number;
};

export async function writePng(path: string, { grey, rows, columns }: GreyPicture): Promise<void> {
  const picture = sharp(grey, { raw: { width: columns, height: rows, channels: 1 }, limitInputPixels: false });
  await writeAtomically(path, await picture.toColourspace('b-w').png().toBuffer());
}
