import { describe, expect, it } from 'vitest';
import { halve } from '../../../src-renderer/viewer/filmPicture';

describe('halve', () => {
  it('takes the rounded mean of 2×2 stored values', () => {
    const level = { samples: Uint16Array.of(0, 1, 10, 20, 2, 3, 30, 41), width: 4, height: 2 };
    expect(halve(level)).toEqual({ samples: Uint16Array.of(2, 25), width: 2, height: 1 });
  });

  it('keeps signed values signed and values of 16 bits whole', () => {
    const signed = { samples: Int16Array.of(-4, -4, -4, -4), width: 2, height: 2 };
    const large = { samples: new Uint16Array(4).fill(65535), width: 2, height: 2 };
    expect([...halve(signed).samples, ...halve(large).samples]).toEqual([-4, 65535]);
  });

  it('leaves out an odd last row and column, as the pyramid of every level must stay aligned with the first', () => {
    const level = { samples: Uint8Array.of(4, 4, 9, 4, 4, 9, 9, 9, 9), width: 3, height: 3 };
    expect(halve(level)).toEqual({ samples: Uint8Array.of(4), width: 1, height: 1 });
  });
});
