/** The WASM module of src-main/engine/kernels, which `copyWasm` builds. */

export type Kernels = {
  readonly run: (
    control: number,
    program: number,
    steps: number,
    scratch: number,
    scratchBytes: number,
    source: number,
    target: number,
  ) => void;
  readonly settle: (control: number) => void;
  readonly serve: (control: number, thread: number) => void;
  readonly fail: (control: number) => void;
};

export type ThreadOptions = {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  /** From 1: 0 is the thread that opened the backend. */
  readonly thread: number;
};

export function instantiate({ module, memory }: Pick<ThreadOptions, 'module' | 'memory'>): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Kernels;
}
