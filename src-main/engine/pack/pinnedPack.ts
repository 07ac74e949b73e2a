/** What the engine pack is made of, pinned: nothing else is ever unpacked, and nothing unpacked that was not checked. */

/**
 * 2.15.1 is the smallest wheel whose libraries were tried in depth: 207 MB to download, 614 MB on the disk and 100 MB
 * less memory than 2.21.0 (274 and 853 MB), which is up to a tenth faster on single films.
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
  /** All of them unpacked, and the wheel beside them while that goes on. */
  diskBytes: 900_000_000,
  /** TF.js's binding, under `resources/native`: see ORIGIN.md there. */
  addon: {
    file: 'tfjs_binding.node',
    folder: 'linux-x64',
    sha256: '3545d9cf9ee77a09950ec9ef599f06f113f11bb26e79ec7fafefd730ca105a44',
  },
} as const;

export type Pinned = {
  readonly [Key in 'version' | 'platform' | 'arch' | 'project']: string;
} & {
  readonly wheel: { readonly file: string; readonly bytes: number; readonly sha256: string };
  readonly entries: Readonly<Record<string, string>>;
  readonly diskBytes: number;
  readonly addon: { readonly file: string; readonly folder: string; readonly sha256: string };
};
