/**
 * TF.js's own binding to TensorFlow: the N-API addon of @tensorflow/tfjs-node, without that package's JavaScript.
 * Hilum runs whole graphs and never a single operation, and for that the five functions below are all there is to
 * call; the package around them would bring a second TF.js and an installer that downloads.
 */
import { createRequire } from 'node:module';
import { AppError } from '#main/contract/errors';

export type TensorInfo = { readonly id: number; readonly shape: readonly number[]; readonly dtype: number };

/** The functions of binding/tfjs_binding.cc that are used here. They throw an Error with TensorFlow's words. */
export type TensorflowBinding = {
  /** Shares the memory of `data`: it must not change before `deleteTensor`. */
  createTensor(shape: readonly number[], type: number, data: Float32Array): number;
  deleteTensor(id: number): void;
  /** A copy. */
  tensorDataSync(id: number): Float32Array;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Names as `film:0`, comma-separated. Blocks until the graph has run. */
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): TensorInfo[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_FLOAT: number;
  readonly TF_Version: string;
};

/** Read by the libraries when they are loaded: too late afterwards. */
function prepareEnvironment(threads: number, concurrent: number | null): void {
  const wanted = {
    // Only errors: the rest are notices about the processor, on standard error.
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_NUM_INTRAOP_THREADS: String(threads),
    ...(concurrent === null ? {} : { TF_NUM_INTEROP_THREADS: String(concurrent) }),
    // All of a GPU's memory otherwise, whoever else needs some.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // As nvidia-smi counts them, which tells people which one is used.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    // NVIDIA's libraries round to 10 bits otherwise, on their newer GPUs: more than the self-test allows.
    NVIDIA_TF32_OVERRIDE: '0',
    // oneDNN's allocator grows by doubling; Electron's aborts when asked for 2 GiB at once. Elsewhere all may be used.
    ...(process.versions['electron'] === undefined ? {} : { TF_MKL_ALLOC_MAX_BYTES: '2000000000' }),
  };
  for (const [name, value] of Object.entries(wanted)) process.env[name] ??= value;
}

/**
 * `addon` is the path of `tfjs_binding.node`; the libraries lie beside it. `threads` share one operation; `concurrent`
 * operations run at a time, as many as TensorFlow likes where it is null. Throws `engine/unavailable` where it can not
 * be loaded.
 */
export function loadBinding(addon: string, threads: number, concurrent: number | null = null): TensorflowBinding {
  prepareEnvironment(threads, concurrent);
  try {
    return createRequire(addon)(addon) as TensorflowBinding;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('engine/unavailable', `Native TensorFlow can not be loaded: ${reason}`, {}, cause);
  }
}
