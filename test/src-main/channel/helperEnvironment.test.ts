import { expect, it } from 'vitest';
import { helperEnvironment } from '#main/channel/helperEnvironment';

it('asks glibc to give memory of the engine back, unless a person has said something else; other helpers are left alone', () => {
  const env = { MALLOC_ARENA_MAX: '7', HOME: '/home/a' };
  expect(helperEnvironment('engine', env)).toEqual({ ...env, MALLOC_MMAP_THRESHOLD_: '262144' });
  expect(helperEnvironment('decode', env)).toEqual(env);
});
