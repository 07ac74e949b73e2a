import { describe, expect, it } from 'vitest';
import {
  worklistIndex,
  worklistLength,
  worklistSlot,
  type WorklistCounts,
} from '../../../src-renderer/worklist/worklistLayout';

function layout(counts: Partial<WorklistCounts>): string[] {
  const all = { files: 0, humanStudies: 0, studies: 0, folded: false, ...counts };
  return Array.from({ length: worklistLength(all) }, (_, at) => {
    const slot = worklistSlot(at, all);
    return slot.kind === 'heading' ? slot.group.toUpperCase() : `${slot.kind} ${slot.index}`;
  });
}

describe('worklist layout', () => {
  it('is the studies alone where nothing needs a human', () => {
    expect(layout({ studies: 2 })).toEqual(['study 0', 'study 1']);
  });

  it('puts files that failed and studies that need a human on top of the others', () => {
    expect(layout({ files: 2, humanStudies: 1, studies: 2 })).toEqual([
      'HUMAN',
      'file 0',
      'file 1',
      'human 0',
      'STUDIES',
      'study 0',
      'study 1',
    ]);
  });

  it('keeps the heading of a folded group, so that it can never be overlooked', () => {
    expect(layout({ files: 2, humanStudies: 1, studies: 1, folded: true })).toEqual(['HUMAN', 'STUDIES', 'study 0']);
  });

  it('finds each study where it put it', () => {
    for (const changes of [{}, { files: 3 }, { humanStudies: 4 }, { files: 3, humanStudies: 4 }]) {
      for (const folded of [false, true]) {
        const counts = { files: 0, humanStudies: 0, studies: 5, folded, ...changes };
        const slots = Array.from({ length: worklistLength(counts) }, (_, at) => worklistSlot(at, counts));
        slots.forEach((slot, at) => {
          if (slot.kind === 'human' || slot.kind === 'study') expect(worklistIndex(slot, counts)).toBe(at);
        });
      }
    }
  });

  it('has no heading for studies that are not there', () => {
    expect(layout({ files: 1 })).toEqual(['HUMAN', 'file 0']);
  });
});
