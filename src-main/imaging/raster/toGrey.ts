/** Samples of a picture file as one grey value a pixel, exactly as Pillow's convert('L') makes it. Alpha is ignored. */

export type RasterSamples = Uint8Array | Uint16Array;

/** What the first channels of a pixel are; an alpha channel may follow. */
export type ColourModel = 'grey' | 'rgb' | 'cmyk';

export type Greyed = {
  readonly samples: RasterSamples;
  /** Mean over the pixels of max(R,G,B) - min(R,G,B), 0 … 255. */
  readonly colourfulness: number;
  /** Largest such spread, 0 … 255: a grey film with a coloured mark on it has a large one. */
  readonly largestSpread: number;
};

/** `values`: pixel by pixel, `channels` of each. 16-bit values stay 16-bit. */
export function toGrey(values: RasterSamples, channels: number, model: ColourModel): Greyed {
  if (model === 'grey' && channels === 1) return { samples: values, colourfulness: 0, largestSpread: 0 };
  const samples = new (values.constructor as new (length: number) => RasterSamples)(values.length / channels);
  const toEightBits = values instanceof Uint16Array ? 1 / 257 : 1;
  const pixel = new Uint16Array(3);
  let total = 0;
  let largest = 0;
  for (let index = 0, from = 0; index < samples.length; index++, from += channels) {
    COLOURS[model](values, from, pixel);
    const red = pixel[0]!;
    const green = pixel[1]!;
    const blue = pixel[2]!;
    const spread = Math.max(red, green, blue) - Math.min(red, green, blue);
    total += spread;
    if (spread > largest) largest = spread;
    samples[index] = luma(red, green, blue);
  }
  return { samples, colourfulness: (total / samples.length) * toEightBits, largestSpread: largest * toEightBits };
}

/** ITU-R 601-2 luma in 16-bit fixed point. Not `>> 16`: 16-bit samples go beyond 32 bits. */
function luma(red: number, green: number, blue: number): number {
  return Math.floor((red * 19595 + green * 38470 + blue * 7471 + 0x8000) / 65536);
}

/** How the pixel at `from` becomes red, green and blue. */
const COLOURS: Readonly<Record<ColourModel, (values: RasterSamples, from: number, pixel: Uint16Array) => void>> = {
  grey: (values, from, pixel) => {
    pixel.fill(values[from]!);
  },
  rgb: (values, from, pixel) => {
    for (let channel = 0; channel < 3; channel++) pixel[channel] = values[from + channel]!;
  },
  // 8-bit inks, as Pillow's cmyk2rgb: what black leaves, less the ink's share of it.
  cmyk: (values, from, pixel) => {
    const paper = 255 - values[from + 3]!;
    for (let ink = 0; ink < 3; ink++) pixel[ink] = Math.max(paper - shareOf255(values[from + ink]!, paper), 0);
  },
};

/** value × share / 255, rounded as MULDIV255 does. */
function shareOf255(value: number, share: number): number {
  const product = value * share + 128;
  return ((product >> 8) + product) >> 8;
}
