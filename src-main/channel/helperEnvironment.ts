/**
 * What a helper is started with. glibc keeps for each core what TensorFlow has freed while it built a graph, and after
 * the first large piece asks the system for large ones no more: 120 to 180 MB that nothing uses. What TensorFlow takes
 * for every film comes from pools of its own, or is smaller than these 256 KB: no film costs a call of the system more.
 * Other C libraries, and Electron's allocator, ignore it.
 */
import type { ChildName } from './channel';

const FRUGAL = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '262144' };

export function helperEnvironment(name: ChildName, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return name === 'engine' ? { ...FRUGAL, ...env } : env;
}
