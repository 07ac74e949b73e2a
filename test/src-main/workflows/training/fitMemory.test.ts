import { describe, expect, it } from 'vitest';
import type { MemoryPlan } from '#main/contract/run';
import { RECIPES } from '#main/chexnet/training/recipes';
import { fitMemory, fitMemoryAgain, shrinkMemory, type Room } from '#main/workflows/training/fitMemory';

const PAPER = RECIPES.paper.values;
const WHOLE = { recompute: false, microBatch: null };
const RECOMPUTED = { recompute: true, microBatch: null };

function room(more: Partial<Room>): Room {
  return { backend: 'tensorflow', inElectron: false, freeBytes: 32e9, ...more };
}

describe('fitMemory', () => {
  it.each([
    ['a large computer', 16, room({}), WHOLE],
    ['little memory', 16, room({ freeBytes: 2.5e9 }), RECOMPUTED],
    ['less memory', 16, room({ freeBytes: 1.6e9 }), { recompute: true, microBatch: 8 }],
    ['hardly any', 16, room({ freeBytes: 1e8 }), { recompute: true, microBatch: 2 }],
    ["Electron's allocator", 10, room({ inElectron: true }), WHOLE],
    ["Electron's allocator", 16, room({ inElectron: true }), RECOMPUTED],
    ["Electron's allocator", 64, room({ inElectron: true }), { recompute: true, microBatch: 32 }],
    ['the addresses of WASM', 16, room({ backend: 'wasm', inElectron: true }), WHOLE],
    ['the addresses of WASM', 32, room({ backend: 'wasm' }), RECOMPUTED],
  ])('fits into %s a batch of %i', (_, batch, where, plan) => {
    expect(fitMemory({ ...PAPER, batch }, where)).toEqual(plan);
  });

  it('leaves a head alone', () => {
    expect(fitMemory(RECIPES.head.values, room({ freeBytes: 0 }))).toEqual(WHOLE);
  });
});

describe('fitMemoryAgain', () => {
  it('recomputes in Electron what Node began without, because no number changes', () => {
    expect(fitMemoryAgain(PAPER, WHOLE, room({ inElectron: true }))).toEqual(RECOMPUTED);
  });

  it('keeps the pieces of a batch, whatever memory there is now', () => {
    const pieces = { recompute: true, microBatch: 4 };
    expect(fitMemoryAgain(PAPER, pieces, room({}))).toEqual(pieces);
    expect(fitMemoryAgain(PAPER, WHOLE, room({ freeBytes: 1e9 }))).toEqual(RECOMPUTED);
  });

  it('refuses a batch that would end the process', () => {
    const again = () => fitMemoryAgain({ ...PAPER, batch: 64 }, RECOMPUTED, room({ inElectron: true }));
    expect(again).toThrowError(expect.objectContaining({ code: 'training/impossible' }));
  });
});

describe('shrinkMemory', () => {
  it('recomputes first, then halves the pieces, until nothing is left', () => {
    const plans: MemoryPlan[] = [WHOLE];
    for (let next = shrinkMemory(PAPER, WHOLE); next !== null; next = shrinkMemory(PAPER, next)) plans.push(next);
    expect(plans.slice(1)).toEqual([null, 8, 4, 2].map((microBatch) => ({ recompute: true, microBatch })));
  });
});
