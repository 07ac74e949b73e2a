/** A curve of a run as an SVG path, in a box of width × height with y upwards; gaps where there is no value. */
export type Range = { readonly low: number; readonly high: number };

/** Of all values, never empty: a flat curve lies in the middle of it. */
export function rangeOf(curves: readonly (readonly (number | null)[])[]): Range {
  const values = curves.flat().filter((value): value is number => value !== null && Number.isFinite(value));
  if (values.length === 0) return { low: 0, high: 1 };
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? { low: low - 0.5, high: high + 0.5 } : { low, high };
}

/** `epochs`: how many fit into the width; a single value is a dot wide enough to be seen. */
export function curvePath(
  values: readonly (number | null)[],
  epochs: number,
  { low, high }: Range,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const step = width / Math.max(1, epochs - 1);
  let path = '';
  let isDrawing = false;
  values.forEach((value, index) => {
    if (value === null || !Number.isFinite(value)) {
      isDrawing = false;
      return;
    }
    const x = (index * step).toFixed(1);
    const y = (height - ((value - low) / (high - low)) * height).toFixed(1);
    path += `${isDrawing ? 'L' : 'M'}${x} ${y}`;
    const alone = values[index + 1] === undefined || values[index + 1] === null;
    if (!isDrawing && alone) path += 'h0.01';
    isDrawing = true;
  });
  return path;
}
