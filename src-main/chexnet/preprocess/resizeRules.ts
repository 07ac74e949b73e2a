/**
 * How a film becomes the network's square, by the name that stands in the model's card. Each rule repeats what the
 * tool of its origin does, because a network was trained on pictures of that very kind: another resize moves greys by
 * up to 10 of 255.
 */
import type { ResizeRule } from '#main/contract/card';
import type { FilmArea, FilmView, NetworkFilm } from '#main/contract/networkFilm';
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';
import { resizeLinear } from '#main/imaging/resize/resizeLinear';
import { resizeNearest } from '#main/imaging/resize/resizeNearest';
import { areaOf, centreCrop, cut, fiveCrops, largestSquare, mirror, type Picture } from './crops';

export type ResizeFilm = (film: Picture, size: number) => NetworkFilm;

const WHOLE: FilmArea = { left: 0, top: 0, width: 1, height: 1 };

/** Outside of a film is 0 in TorchXRayVision's −1024…1024, which is the middle of our greys. */
const MIDDLE_GREY = 127.5;

export const RESIZE_FILM: Readonly<Record<ResizeRule, ResizeFilm>> = {
  /** The whole film into the square. */
  'pillow-bilinear': ({ grey, rows, columns }, size) => whole(resizeBilinear(grey, rows, columns, size, size)),
  /** What `load_img(target_size=…)` of Keras does unless it is told otherwise. */
  'pillow-nearest': ({ grey, rows, columns }, size) => whole(resizeNearest(grey, rows, columns, size, size)),
  /** Resize(224), CenterCrop(224): the shorter side into the square, the middle of the longer one. */
  'torchvision-224-centre': (film, size) => middleOf(shorterSideTo(film, size), size),
  /** Resize(256), CenterCrop(224). */
  'torchvision-256-centre': (film, size) => middleOf(shorterSideTo(film, frameOf(size)), size),
  /** Resize(256), TenCrop(224): corners and middle, and the same of the mirrored film. */
  'torchvision-256-ten-crops': (film, size) => tenCropsOf(shorterSideTo(film, frameOf(size)), size),
  /** scikit-image's resize before 0.15 (or with anti_aliasing=False), mode "constant". */
  'skimage-linear': ({ grey, rows, columns }, size) =>
    whole(resizeLinear({ grey, rows, columns, outside: 0, smooth: false }, size)),
  /** TorchXRayVision's XRayCenterCrop and XRayResizer (its engine "skimage"): blurred before it is sampled. */
  'skimage-centre-square': (film, size) => {
    const crop = largestSquare(film);
    const { rows, columns } = crop;
    const pixels = resizeLinear({ grey: cut(film, crop), rows, columns, outside: MIDDLE_GREY, smooth: true }, size);
    return [{ pixels, area: areaOf(film, crop), mirrored: false }];
  },
};

function whole(pixels: FilmView['pixels']): NetworkFilm {
  return [{ pixels, area: WHOLE, mirrored: false }];
}

/** 256 for 224. */
function frameOf(size: number): number {
  return Math.round((size * 8) / 7);
}

/** torchvision's Resize(size): the longer side is cut to a whole number. */
function shorterSideTo({ grey, rows, columns }: Picture, size: number): Picture {
  const longer = Math.trunc((size * Math.max(rows, columns)) / Math.min(rows, columns));
  const [toRows, toColumns] = rows <= columns ? [size, longer] : [longer, size];
  return { grey: resizeBilinear(grey, rows, columns, toRows, toColumns), rows: toRows, columns: toColumns };
}

function middleOf(film: Picture, size: number): NetworkFilm {
  const crop = centreCrop(film, size);
  return [{ pixels: cut(film, crop), area: areaOf(film, crop), mirrored: false }];
}

function tenCropsOf(film: Picture, size: number): NetworkFilm {
  const turned = mirror(film);
  const crops = fiveCrops(film, size);
  return [
    ...crops.map((crop) => ({ pixels: cut(film, crop), area: areaOf(film, crop), mirrored: false })),
    ...crops.map((crop) => {
      const left = film.columns - crop.left - crop.columns;
      return { pixels: cut(turned, crop), area: areaOf(film, { ...crop, left }), mirrored: true };
    }),
  ];
}
