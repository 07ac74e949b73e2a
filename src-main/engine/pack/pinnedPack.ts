/** What the engine pack is made of, pinned: nothing else is ever unpacked, and nothing unpacked that was not checked. */
import { CUDA_WHEELS } from './cudaWheels';

/**
 * 2.15.1 is the smallest wheel whose libraries were tried in depth: 207 MB to download, 614 MB on the disk and 100 MB
 * less memory than 2.21.0 (274 and 853 MB), which is no faster with the graphs that we write.
 */
export const PINNED = {
  /** Of TensorFlow, and name of the pack's folder. */
  version: '2.15.1',
  platform: 'linux',
  arch: 'x64',
  project: 'tensorflow-cpu',
  wheel: {
    file: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    bytes: 207_208_420,
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
  },
  /** Entry of the wheel → file of the pack. */
  entries: {
    'tensorflow/libtensorflow_cc.so.2': 'libtensorflow_cc.so.2',
    'tensorflow/libtensorflow_framework.so.2': 'libtensorflow_framework.so.2',
    'tensorflow_cpu-2.15.1.dist-info/LICENSE': 'LICENSE',
    'tensorflow/THIRD_PARTY_NOTICES.txt': 'THIRD_PARTY_NOTICES.txt',
  },
  besides: [],
  /** All of them unpacked, and the wheel beside them while that goes on. */
  diskBytes: 900_000_000,
  /** TF.js's binding, under `resources/native`: see ORIGIN.md there. */
  addon: {
    file: 'tfjs_binding.node',
    folder: 'linux-x64',
    place: 'tfjs_binding.node',
    sha256: '3545d9cf9ee77a09950ec9ef599f06f113f11bb26e79ec7fafefd730ca105a44',
  },
} as const;

/**
 * For NVIDIA's GPUs: TensorFlow's wheel that knows them, and the wheels of CUDA that its extra `and-cuda` names, laid
 * out as in Python's site-packages, where TensorFlow's libraries look for them. It computes on the processor where
 * there is no such GPU.
 */
export const PINNED_CUDA = {
  ...PINNED,
  version: '2.21.0-cuda',
  project: 'tensorflow',
  wheel: {
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    bytes: 572_440_367,
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
  },
  entries: {
    'tensorflow/libtensorflow_cc.so.2': 'tensorflow/libtensorflow_cc.so.2',
    'tensorflow/libtensorflow_framework.so.2': 'tensorflow/libtensorflow_framework.so.2',
    'tensorflow/THIRD_PARTY_NOTICES.txt': 'THIRD_PARTY_NOTICES.txt',
  },
  besides: CUDA_WHEELS,
  diskBytes: 10_500_000_000,
  addon: { ...PINNED.addon, place: 'tensorflow/tfjs_binding.node' },
} as const;

export type PinnedWheel = {
  readonly project: string;
  readonly wheel: { readonly file: string; readonly bytes: number; readonly sha256: string };
  /** Entry of the wheel → file of the pack, all of which must be there; or the entries that keep their place. */
  readonly entries: Readonly<Record<string, string>> | RegExp;
};

export type Pinned = PinnedWheel & {
  readonly [Key in 'version' | 'platform' | 'arch']: string;
} & {
  readonly besides: readonly PinnedWheel[];
  readonly diskBytes: number;
  /** `place` is where it lies in the pack. */
  readonly addon: { readonly [Key in 'file' | 'folder' | 'place' | 'sha256']: string };
};
