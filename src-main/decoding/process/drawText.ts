/**
 * Short lines of text on a picture in a 5×7 bitmap font: a machine without any installed font, as servers and
 * containers are, must not write a picture without its notice.
 */

const FIRST = ' '.charCodeAt(0);
const LAST = '~'.charCodeAt(0);
const GLYPH_COLUMNS = 5;
const GLYPH_ROWS = 8;
/** ` ` … `~`: five columns each, two hex digits a column, the lowest bit on top. */
const GLYPHS =
  '000000000000005f00000007000700147f147f14242a7f2a12231308646236495520500008070300001c2241000041221c002a1c7f1c2a' +
  '08083e080800807030000808080808006060000020100804023e5149453e00427f400072494949462141494d331814127f102745454539' +
  '3c4a49493141211109073649494936464949291e0000140000004034000000081422411414141414004122140802015909063e415d594e' +
  '7c1211127c7f494949363e414141227f4141413e7f494949417f090909013e414151737f0808087f00417f41002040413f017f08142241' +
  '7f404040407f021c027f7f0408107f3e4141413e7f090909063e4151215e7f09192946264949493203017f01033f4040403f1f2040201f' +
  '3f4038403f631408146303047804036159494d43007f4141410204081020004141417f0402010204404040404000030708002054547840' +
  '7f284444383844444428384444287f385454541800087e090218a4a49c787f0804047800447d40002040403d007f1028440000417f4000' +
  '7c0478047c7c080404783844444438fc1824241818242418fc7c08040408485454542404043f44243c4040207c1c2040201c3c4030403c' +
  '44281028444c9090907c4464544c440008364100000077000000413608000201020402';

/** Every dot of a glyph is this many pixels wide and high. */
const SCALE = 2;
const MARGIN = 8;
const CHARACTER_PIXELS = (GLYPH_COLUMNS + 1) * SCALE;
/** Pixels from one line to the next. */
export const LINE_PIXELS = (GLYPH_ROWS + 3) * SCALE;

/** The words of `text` in lines that fit into a picture of `width` pixels. */
export function wrapText(text: string, width: number): string[] {
  const longest = Math.floor((width - 2 * MARGIN) / CHARACTER_PIXELS);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= longest) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Writes one line in white into [rows, width, 3] bytes from row `top` on. What is not ASCII is written as `?`. */
export function drawText(pixels: Uint8Array, width: number, top: number, text: string): void {
  [...text].forEach((character, index) => {
    const code = character.charCodeAt(0);
    const glyph = (code >= FIRST && code <= LAST ? code : '?'.charCodeAt(0)) - FIRST;
    for (let column = 0; column < GLYPH_COLUMNS; column++) {
      const at = 2 * (glyph * GLYPH_COLUMNS + column);
      const dots = parseInt(GLYPHS.slice(at, at + 2), 16);
      const left = MARGIN + index * CHARACTER_PIXELS + column * SCALE;
      for (let row = 0; row < GLYPH_ROWS; row++) {
        if ((dots >> row) & 1) drawDot(pixels, width, top + (row + 1) * SCALE, left);
      }
    }
  });
}

function drawDot(pixels: Uint8Array, width: number, top: number, left: number): void {
  if (left + SCALE > width) return;
  for (let row = top; row < top + SCALE; row++) {
    pixels.fill(255, 3 * (row * width + left), 3 * (row * width + left + SCALE));
  }
}
