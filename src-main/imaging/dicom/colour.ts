/** Colour pictures as grey ones: RGB, YBR (PS3.3 C.7.6.3.1.2) and palettes (C.7.9). Radiographs should have none. */

export type GreyFromColour = {
  readonly grey: Uint8Array;
  /** Mean over the pixels of max(R,G,B) - min(R,G,B). */
  readonly colourfulness: number;
};

export type ColourLayout = {
  /** One plane after the other instead of sample by sample. */
  readonly planar: boolean;
  /** Y Y Cb Cr for every two pixels, as YBR_FULL_422 and YBR_PARTIAL_422 are natively stored. */
  readonly subsampled: boolean;
};

/** Red, green and blue of each index from `firstMapped` on, 8 bits. */
export type Palette = {
  readonly firstMapped: number;
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
};

/** `bytes`: 8-bit samples of `pixels` pixels. */
export function colourToGrey(
  bytes: Uint8Array,
  pixels: number,
  photometricInterpretation: string,
  layout: ColourLayout,
): GreyFromColour {
  // A codec has undone YBR_ICT and YBR_RCT already: they exist only inside JPEG 2000.
  const isPartial = photometricInterpretation.startsWith('YBR_PARTIAL');
  const isYbr = isPartial || photometricInterpretation.startsWith('YBR_FULL');
  // Of the partial range black is 16 and white 235, and colours reach from 16 to 240 (C.7.6.3.1.2).
  const [black, lumaGain, colourGain] = isPartial ? [16, 255 / 219, 255 / 224] : [0, 1, 1];
  const grey = new Uint8Array(pixels);
  let spread = 0;
  for (let index = 0; index < pixels; index++) {
    const [one, two, three] = positions(index, pixels, layout);
    let red = bytes[one] ?? 0;
    let green = bytes[two] ?? 0;
    let blue = bytes[three] ?? 0;
    if (isYbr) {
      const luma = (red - black) * lumaGain;
      const toBlue = (green - 128) * colourGain;
      const toRed = (blue - 128) * colourGain;
      red = clampByte(luma + 1.402 * toRed);
      green = clampByte(luma - 0.344136 * toBlue - 0.714136 * toRed);
      blue = clampByte(luma + 1.772 * toBlue);
    }
    spread += Math.max(red, green, blue) - Math.min(red, green, blue);
    grey[index] = luminance(red, green, blue);
  }
  return { grey, colourfulness: spread / pixels };
}

export function paletteToGrey(indices: Uint8Array | Uint16Array, palette: Palette): GreyFromColour {
  const length = palette.red.length;
  const grey = new Uint8Array(indices.length);
  let spread = 0;
  for (let index = 0; index < indices.length; index++) {
    const at = Math.min(Math.max((indices[index] ?? 0) - palette.firstMapped, 0), length - 1);
    const red = palette.red[at] ?? 0;
    const green = palette.green[at] ?? 0;
    const blue = palette.blue[at] ?? 0;
    spread += Math.max(red, green, blue) - Math.min(red, green, blue);
    grey[index] = luminance(red, green, blue);
  }
  return { grey, colourfulness: spread / indices.length };
}

/** Pillow's convert('L'): ITU-R 601-2 luma in 16-bit fixed point, rounded. */
function luminance(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

/** Where the three samples of a pixel lie. */
function positions(index: number, pixels: number, layout: ColourLayout): readonly [number, number, number] {
  if (layout.subsampled) {
    const pair = 4 * (index >> 1);
    return [pair + (index & 1), pair + 2, pair + 3];
  }
  if (layout.planar) return [index, pixels + index, 2 * pixels + index];
  return [3 * index, 3 * index + 1, 3 * index + 2];
}

function clampByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value);
}
