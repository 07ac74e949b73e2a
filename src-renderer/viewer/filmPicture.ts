/**
 * A film as the 2D canvas draws it: stored samples → display table → picture. The table is looked up only for the
 * part and at the resolution that the screen shows, so that a drag of the window stays fluent on a 9-megapixel film.
 * Smaller levels are means of 2×2 stored values: one table serves them all, and grids of the film do not alias.
 */
import { TABLE_LENGTH, tableOffset } from '#main/imaging/grey/displayTable';
import { apply, clamp, invert, type Matrix, type Size } from './viewGeometry';

export type FilmSamples = Uint8Array | Uint16Array | Int16Array;
type Level = { readonly samples: FilmSamples; readonly width: number; readonly height: number };
type Region = { readonly level: number; readonly x: number; readonly y: number } & Size;

/** A level is halved no further than this: smaller pictures cost nothing. */
const SMALLEST_SIDE = 256;
/** Looked up around the visible part, as a share of it, so that panning seldom needs a new lookup. */
const MARGIN = 0.2;

export class FilmPicture {
  readonly #levels: Level[];
  readonly #colours = new Uint32Array(TABLE_LENGTH);
  #canvas: OffscreenCanvas | null = null;
  #image: ImageData | null = null;
  #region: Region | null = null;

  /** What leads from a stored value to its place in the table: 32768 for signed films. */
  readonly #offset: number;

  /** `samples`: [rows*columns] stored values, not turned. */
  constructor(samples: FilmSamples, columns: number, rows: number) {
    this.#levels = [{ samples, width: columns, height: rows }];
    this.#offset = samples instanceof Int16Array ? tableOffset('int16') : 0;
  }

  /** Display grey 0…255 of every stored value, as displayTable makes it. */
  setTable(table: Uint8Array): void {
    for (let i = 0; i < TABLE_LENGTH; i++) {
      const grey = table[i] ?? 0;
      // 0xAABBGGRR: the byte order of ImageData on every machine that Electron runs on.
      this.#colours[i] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
    }
    this.#region = null;
  }

  /** `matrix`: stored pixels → device pixels of the canvas. `coarse`: half the resolution, while a drag goes on. */
  draw(context: CanvasRenderingContext2D, matrix: Matrix, coarse: boolean): void {
    const { width, height } = context.canvas;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = '#000';
    context.fillRect(0, 0, width, height);
    const level = this.#levelFor(matrix, coarse);
    const visible = this.#visiblePart(level, matrix, { width, height });
    if (visible === null) return;
    if (this.#region === null || !covers(this.#region, visible)) this.#lookUp(visible);
    const region = this.#region;
    if (region === null || this.#canvas === null) return;
    const step = 2 ** region.level;
    const [a, b, c, d, e, f] = matrix;
    // Whole device pixels: at 1:1 each stored value is then one pixel of the screen, not a mean of four.
    context.setTransform(a * step, b * step, c * step, d * step, Math.round(e), Math.round(f));
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = 'high';
    context.drawImage(this.#canvas, 0, 0, region.width, region.height, region.x, region.y, region.width, region.height);
  }

  /** The level with at least one sample a device pixel; coarse: at most about one. */
  #levelFor([a, b]: Matrix, coarse: boolean): number {
    const samplesPerPixel = 1 / Math.hypot(a, b);
    const wanted = Math.floor(Math.log2(samplesPerPixel) + (coarse ? 0.6 : 0.1));
    const [full] = this.#levels;
    const deepest = Math.max(0, Math.floor(Math.log2(Math.min(full?.width ?? 1, full?.height ?? 1) / SMALLEST_SIDE)));
    return clamp(wanted, 0, deepest);
  }

  #level(index: number): Level {
    for (let i = this.#levels.length; i <= index; i++) this.#levels.push(halve(this.#levels[i - 1] as Level));
    return this.#levels[index] as Level;
  }

  #visiblePart(index: number, matrix: Matrix, screen: Size): Region | null {
    const { width, height } = this.#level(index);
    const back = invert(matrix);
    const step = 2 ** index;
    const corners = [0, 1].flatMap((i) =>
      [0, 1].map((j) => apply(back, { x: i * screen.width, y: j * screen.height })),
    );
    const xs = corners.map((corner) => corner.x / step);
    const ys = corners.map((corner) => corner.y / step);
    const marginX = (Math.max(...xs) - Math.min(...xs)) * MARGIN;
    const marginY = (Math.max(...ys) - Math.min(...ys)) * MARGIN;
    const left = clamp(Math.floor(Math.min(...xs) - marginX), 0, width);
    const right = clamp(Math.ceil(Math.max(...xs) + marginX), 0, width);
    const top = clamp(Math.floor(Math.min(...ys) - marginY), 0, height);
    const bottom = clamp(Math.ceil(Math.max(...ys) + marginY), 0, height);
    if (right <= left || bottom <= top) return null;
    return { level: index, x: left, y: top, width: right - left, height: bottom - top };
  }

  #lookUp(region: Region): void {
    const { samples, width } = this.#level(region.level);
    const image = this.#prepareCanvas(region);
    const out = new Uint32Array(image.data.buffer);
    const colours = this.#colours;
    const offset = this.#offset;
    for (let y = 0; y < region.height; y++) {
      const from = (region.y + y) * width + region.x;
      const to = y * region.width;
      for (let x = 0; x < region.width; x++) out[to + x] = colours[(samples[from + x] as number) + offset] as number;
    }
    this.#canvas?.getContext('2d', { alpha: false })?.putImageData(image, 0, 0);
    this.#region = region;
  }

  #prepareCanvas({ width, height }: Size): ImageData {
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = new ImageData(width, height);
      this.#canvas = new OffscreenCanvas(width, height);
    }
    return this.#image;
  }
}

/** True where `have` was looked up at the same level and holds all that `need` shows without its margin. */
function covers(have: Region, need: Region): boolean {
  if (have.level !== need.level) return false;
  const insetX = (need.width * MARGIN) / (1 + 2 * MARGIN);
  const insetY = (need.height * MARGIN) / (1 + 2 * MARGIN);
  const left = need.x === 0 ? 0 : need.x + insetX;
  const top = need.y === 0 ? 0 : need.y + insetY;
  return (
    have.x <= left &&
    have.y <= top &&
    have.x + have.width >= Math.min(need.x + need.width, need.x + need.width - insetX) &&
    have.y + have.height >= Math.min(need.y + need.height, need.y + need.height - insetY)
  );
}

/** Half the size by the mean of 2×2 stored values, rounded; an odd last row or column is left out. */
export function halve({ samples, width, height }: Level): Level {
  const halfWidth = Math.max(1, width >> 1);
  const halfHeight = Math.max(1, height >> 1);
  const out = new (samples.constructor as new (length: number) => FilmSamples)(halfWidth * halfHeight);
  for (let y = 0; y < halfHeight; y++) {
    const upper = 2 * y * width;
    const lower = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < halfWidth; x++) {
      const left = 2 * x;
      const right = Math.min(left + 1, width - 1);
      const sum =
        (samples[upper + left] as number) +
        (samples[upper + right] as number) +
        (samples[lower + left] as number) +
        (samples[lower + right] as number);
      out[y * halfWidth + x] = (sum + 2) >> 2;
    }
  }
  return { samples: out, width: halfWidth, height: halfHeight };
}
