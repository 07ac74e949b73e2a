/** A thread that helps with the kernels, blocked in them as long as its process lives. */
import { parentPort, workerData } from 'node:worker_threads';
import { instantiate, type ThreadOptions } from './kernelModule';

const options = workerData as ThreadOptions;
const { serve, fail } = instantiate(options);
parentPort?.postMessage('ready');
try {
  serve(options.control, options.thread);
} catch (error) {
  // Whoever waits for its work would wait for ever.
  fail(options.control);
  throw error;
}
