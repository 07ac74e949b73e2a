/** What one chunk of a step is: rows of activations, and `multiply`; or what needs no weights. */
import { multiply } from './multiply';
import { activateRows, maxPoolRows, patchRows, poolRows } from './rows';
import { Step } from './step';
import { ACTIVATE, MAX_POOL, PATCHES, POINTWISE, POOLED_POINTWISE, WINOGRAD } from './stepKinds';
import { convolveTiles } from './winograd';

function multiplyRows(step: Step, first: usize, last: usize, rows: usize, rowStride: usize): void {
  const target = step.target + first * step.targetStride;
  multiply(
    rows,
    rowStride,
    last - first,
    step.depth,
    step.weights,
    step.columns,
    step.bias,
    step.relu !== 0,
    target,
    step.targetStride,
  );
}

export function compute(step: Step, first: usize, last: usize, scratch: usize): void {
  const target = step.target + first * step.targetStride;
  /** A multiple of a SIMD register. */
  const rowStride = ((step.depth + 3) & ~3) * 4;
  switch (step.kind) {
    case PATCHES:
      patchRows(step, first, last, scratch, rowStride);
      multiplyRows(step, first, last, scratch, rowStride);
      break;
    case POINTWISE:
      activateRows(step, first, last, scratch, rowStride);
      multiplyRows(step, first, last, scratch, rowStride);
      break;
    case POOLED_POINTWISE:
      poolRows(step, first, last, scratch, rowStride);
      multiplyRows(step, first, last, scratch, rowStride);
      break;
    case WINOGRAD:
      convolveTiles(step, first, last, scratch);
      break;
    case MAX_POOL:
      maxPoolRows(step, first, last, target, step.targetStride);
      break;
    case ACTIVATE:
      activateRows(step, first, last, target, step.targetStride);
      break;
  }
}
