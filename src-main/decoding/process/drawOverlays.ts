/** Attention maps over a film, one PNG each: what the window shows, for reports and talks. */
import sharp from 'sharp';
import { cancelled } from '#main/contract/errors';
import { MAP_SIZE, NOTICE } from '#main/contract/prediction';
import type { OverlayRequest } from '#main/decoding/protocol/protocol';
import { attentionColour } from '#main/imaging/grey/attentionColour';
import { bilinear, scaledMap } from '#main/imaging/grey/attentionPicture';
import { readUpright, type LoadCodecs } from './decodeFile';
import { drawText, LINE_PIXELS, wrapText } from './drawText';
import { resizeTo } from './resizeTo';
import { writeAtomically } from './writeAtomically';
import type { GreyPicture } from './writePng';

/** Longer side of the film in an overlay: more shows nothing more of a map of 7×7 cells. */
const OVERLAY_PIXELS = 1024;
/** Share of the colour where the map is largest. */
const OPACITY = 0.6;

export async function drawOverlays(request: OverlayRequest, codecs: LoadCodecs, signal: AbortSignal): Promise<null> {
  const film = resizeTo(await readUpright(request.source, codecs), OVERLAY_PIXELS);
  for (const { map, caption, to } of request.overlays) {
    if (signal.aborted) throw cancelled();
    await writeAtomically(to, await toPng(film, map, [caption, `Attention of the network, not location. ${NOTICE}`]));
  }
  return null;
}

/** [256,3]: the colours of the window's overlay. */
const COLOURS = Uint8Array.from(Array.from({ length: 256 }, (_, index) => attentionColour(index / 255)).flat());

/** The film with the map over it, and the text below. */
async function toPng(film: GreyPicture, map: Float32Array, text: readonly string[]): Promise<Uint8Array> {
  const width = film.columns;
  const lines = text.flatMap((paragraph) => wrapText(paragraph, width));
  const height = film.rows + lines.length * LINE_PIXELS;
  const pixels = new Uint8Array(width * height * 3);
  paint(pixels, film, scaledMap(map));
  lines.forEach((line, index) => drawText(pixels, width, film.rows + index * LINE_PIXELS, line));
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .withExif({ IFD0: { ImageDescription: text.join('\n') } })
    .png()
    .toBuffer();
}

/** `scaled`: [7,7] in 0…1; the colour grows with the value, so that the film stays where the map is low. */
function paint(pixels: Uint8Array, { grey, rows, columns }: GreyPicture, scaled: Float32Array): void {
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const y = ((row + 0.5) / rows) * MAP_SIZE;
    for (let column = 0; column < columns; column++) {
      const value = bilinear(scaled, ((column + 0.5) / columns) * MAP_SIZE, y);
      const film = grey[row * columns + column]! * (1 - OPACITY * value);
      const colour = 3 * Math.round(value * 255);
      for (let channel = 0; channel < 3; channel++) pixels[at++] = film + OPACITY * value * COLOURS[colour + channel]!;
    }
  }
}
