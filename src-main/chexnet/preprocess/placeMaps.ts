/**
 * Attention maps of crops as maps of the film, so that the one and the other lie over it alike. A map of the whole
 * film stays as it is; any other is sampled at the middle of each of the film's cells, is 0 where the network saw
 * nothing, and is averaged where it saw a place more than once.
 */
import type { FilmView } from '#main/contract/networkFilm';
import { MAP_SIZE } from '#main/contract/prediction';
import { bilinear } from '#main/imaging/grey/attentionPicture';

export type ViewMaps = {
  readonly view: Pick<FilmView, 'area' | 'mirrored'>;
  /** [findings,7,7] over the view. */
  readonly maps: Float32Array;
};

const CELLS = MAP_SIZE * MAP_SIZE;

/** → [findings,7,7] over the film. At least one view. */
export function placeMaps(views: readonly ViewMaps[]): Float32Array {
  const [first] = views;
  if (first !== undefined && views.length === 1 && showsAll(first.view)) return first.maps;
  const placed = new Float32Array(first?.maps.length ?? 0);
  for (let cell = 0; cell < CELLS; cell++) {
    const x = ((cell % MAP_SIZE) + 0.5) / MAP_SIZE;
    const y = (Math.floor(cell / MAP_SIZE) + 0.5) / MAP_SIZE;
    const seen = views.flatMap(({ view, maps }) => {
      const place = placeIn(view, x, y);
      return place === null ? [] : [{ place, maps }];
    });
    if (seen.length === 0) continue;
    for (let at = cell; at < placed.length; at += CELLS) {
      const start = at - cell;
      const values = seen.map(({ place, maps }) => bilinear(maps.subarray(start, start + CELLS), place.x, place.y));
      placed[at] = values.reduce((sum, value) => sum + value, 0) / values.length;
    }
  }
  return placed;
}

function showsAll({ area, mirrored }: ViewMaps['view']): boolean {
  return !mirrored && area.left === 0 && area.top === 0 && area.width === 1 && area.height === 1;
}

/** A place of the film, in shares of it, in cells of the view's map; null where the view does not show it. */
function placeIn({ area, mirrored }: ViewMaps['view'], x: number, y: number): { x: number; y: number } | null {
  const across = (x - area.left) / area.width;
  const down = (y - area.top) / area.height;
  if (across < 0 || across > 1 || down < 0 || down > 1) return null;
  return { x: (mirrored ? 1 - across : across) * MAP_SIZE, y: down * MAP_SIZE };
}
