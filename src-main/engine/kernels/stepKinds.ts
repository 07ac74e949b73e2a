/** What a step of a program does: known to the kernels and to who writes programs for them. */

/** Convolution: the source as it is, in patches of a sliding window. */
export const PATCHES = 0;
/** 1×1 convolution of the activated source. */
export const POINTWISE = 1;
/** The same of its means under a sliding window. */
export const POOLED_POINTWISE = 2;
/** 3×3 convolution. */
export const WINOGRAD = 3;
export const MAX_POOL = 4;
/** max(0, x · scale + shift) of every place. */
export const ACTIVATE = 5;
