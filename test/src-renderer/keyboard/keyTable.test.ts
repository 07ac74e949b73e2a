import { expect, it } from 'vitest';
import { KEY_TABLE } from '../../../src-renderer/keyboard/keyTable';

it('gives no key two meanings and no command two keys', () => {
  const bound = KEY_TABLE.filter(({ binding }) => binding !== null);
  expect(new Set(bound.map(({ binding }) => binding)).size).toBe(bound.length);
  expect(new Set(bound.map(({ command }) => command)).size).toBe(bound.length);
});
