/** A small picture of a film for a page that many of them stand on. */
import sharp from 'sharp';
import { PICTURE_PIXELS, type PictureRequest } from '#main/decoding/protocol/protocol';
import { readUpright, type LoadCodecs } from './decodeFile';
import { resizeTo } from './resizeTo';
import { writeAtomically } from './writeAtomically';

/** A chest film of 512 pixels then takes about 20 KB. */
const JPEG_QUALITY = 80;

export async function drawPicture({ source, to }: PictureRequest, codecs: LoadCodecs): Promise<null> {
  const film = await readUpright(source, codecs);
  const longerSide = Math.min(PICTURE_PIXELS, Math.max(film.rows, film.columns));
  const { grey, rows: height, columns: width } = resizeTo(film, longerSide);
  const picture = sharp(grey, { raw: { width, height, channels: 1 } }).toColourspace('b-w');
  await writeAtomically(to, await picture.jpeg({ quality: JPEG_QUALITY }).toBuffer());
  return null;
}
