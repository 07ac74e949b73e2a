/** Which rows of a fixed-height list must exist: the visible ones and a few beyond, so that scrolling never flashes. */
export type VisibleRange = { readonly first: number; readonly last: number };

/** Rows [first, last) of `total`; heights in CSS pixels. */
export function visibleRange(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  total: number,
  overscan = 8,
): VisibleRange {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - overscan);
  const last = Math.min(total, Math.ceil((scrollTop + viewHeight) / rowHeight) + overscan);
  return { first: Math.min(first, last), last };
}

/** The scroll position that brings a row into view with the smallest move. */
export function scrollTo(index: number, scrollTop: number, viewHeight: number, rowHeight: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + viewHeight) return top + rowHeight - viewHeight;
  return scrollTop;
}
