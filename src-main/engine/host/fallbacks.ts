/** What processes of the engine have failed at, so that the next one does without, and what a person is told of it. */
import type { BackendReport } from '#main/contract/engine';

const WITHOUT_THREADS = 'The engine could not be started with threads; it works on one.';
const GPU_TOO_SMALL = 'The memory of the GPU was too small for a film; the processor takes its place.';
const GPU_CRASHED = 'The engine ended while it computed on the GPU; the processor takes its place.';
const WITHOUT_GPU = 'Native TensorFlow ended the engine while it started; it does without a GPU now.';
const NATIVE_CRASHED = 'It ended the engine while it started.';
const WITHOUT_NATIVE = 'Native TensorFlow ended the engine while it started; WebAssembly takes its place.';

export class Fallbacks {
  /** A process died or hung while it started native TensorFlow. */
  #nativeFailed = false;
  /** What the GPU did; null where nothing happened. */
  #gpuFailure: string | null = null;
  /** One died without that: its threads may have been refused. */
  #threadsFailed = false;

  get usesNative(): boolean {
    return !this.#nativeFailed;
  }

  get usesGpu(): boolean {
    return this.#gpuFailure === null;
  }

  get usesThreads(): boolean {
    return !this.#threadsFailed;
  }

  /** Everything is tried anew. */
  forget(): void {
    this.#nativeFailed = false;
    this.#gpuFailure = null;
    this.#threadsFailed = false;
  }

  noteStartFailed(hadNative: boolean): void {
    // GPUs and their drivers are what differs between computers, and without them native TensorFlow is still the fastest.
    if (hadNative && this.#gpuFailure === null) this.#gpuFailure = WITHOUT_GPU;
    else if (hadNative) this.#nativeFailed = true;
    else this.#threadsFailed = true;
  }

  noteGpuRefused({ device, reason }: BackendReport): void {
    this.#gpuFailure = `The GPU does not pass, the processor takes its place. ${device}: ${reason}`;
  }

  noteGpuCrashed(): void {
    this.#gpuFailure = GPU_CRASHED;
  }

  noteGpuTooSmall(): void {
    this.#gpuFailure = GPU_TOO_SMALL;
  }

  /** What a person should know of an engine that works all the same; '' where that is nothing. */
  message(): string {
    if (this.#threadsFailed) return WITHOUT_THREADS;
    if (this.#nativeFailed) return WITHOUT_NATIVE;
    return this.#gpuFailure ?? '';
  }

  /** A process that is given no addon thinks that there is none. */
  reportsOf(backends: readonly BackendReport[]): readonly BackendReport[] {
    if (!this.#nativeFailed) return backends;
    return backends.map((report) => (report.id === 'tensorflow' ? { ...report, reason: NATIVE_CRASHED } : report));
  }
}
