/**
 * The worklist as one list of equal rows: first what needs a human (files that could not be read, films that were
 * refused or failed), then the studies. Which row is which follows from counts alone, so that 100,000 studies need
 * no array of rows.
 */
export type WorklistSlot =
  | { readonly kind: 'heading'; readonly group: 'human' | 'studies' }
  | { readonly kind: 'file'; readonly index: number }
  /** A study of the group on top. */
  | { readonly kind: 'human'; readonly index: number }
  /** `index` counts in the order in which main lists the other studies. */
  | { readonly kind: 'study'; readonly index: number };

export type WorklistCounts = {
  readonly files: number;
  /** Studies of the group on top. */
  readonly humanStudies: number;
  /** The other studies. */
  readonly studies: number;
  /** The group on top is folded away. */
  readonly folded: boolean;
};

export function worklistLength(counts: WorklistCounts): number {
  const human = counts.files + counts.humanStudies;
  if (human === 0) return counts.studies;
  return 1 + (counts.folded ? 0 : human) + (counts.studies > 0 ? 1 + counts.studies : 0);
}

export function worklistSlot(at: number, counts: WorklistCounts): WorklistSlot {
  const human = counts.files + counts.humanStudies;
  if (human === 0) return { kind: 'study', index: at };
  if (at === 0) return { kind: 'heading', group: 'human' };
  const shown = counts.folded ? 0 : human;
  if (at <= shown) {
    const index = at - 1;
    return index < counts.files ? { kind: 'file', index } : { kind: 'human', index: index - counts.files };
  }
  if (at === shown + 1) return { kind: 'heading', group: 'studies' };
  return { kind: 'study', index: at - shown - 2 };
}

/** Where a study stands in the list; the heading of its group where that is folded away. */
export function worklistIndex(
  slot: { readonly kind: 'human' | 'study'; readonly index: number },
  counts: WorklistCounts,
): number {
  const human = counts.files + counts.humanStudies;
  if (slot.kind === 'human') return counts.folded ? 0 : 1 + counts.files + slot.index;
  return human === 0 ? slot.index : slot.index + 2 + (counts.folded ? 0 : human);
}
