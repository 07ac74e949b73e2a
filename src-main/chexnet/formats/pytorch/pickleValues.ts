/** What a pickle of PyTorch may become: plain data, tensors, and records of what we know by name. Never a call. */
import { AppError } from '#main/contract/errors';
import { bfloatToSingle, halfToSingle } from '../half';

export type Pickled = null | boolean | number | bigint | string | Uint8Array | Pickled[] | PickledMap | PickledThing;

export type PickledMap = Map<Pickled, Pickled>;

/** `torch.nn.modules.conv.Conv2d`: a name, of which nothing is ever looked up. */
export type Global = { readonly kind: 'global'; readonly name: string };

/** An object of a known class: its attributes, none of its behaviour. */
export type PickledRecord = { readonly kind: 'record'; readonly name: string; readonly attributes: PickledMap };

export type Storage = {
  readonly kind: 'storage';
  readonly key: string;
  readonly type: StorageType;
  /** Numbers, not bytes. */
  readonly length: number;
};

export type PickledTensor = {
  readonly kind: 'tensor';
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
};

export type PickledThing = Global | PickledRecord | Storage | PickledTensor;

export type StorageType = {
  readonly bytes: number;
  /** As float32; null where it holds no numbers that weights are made of. */
  readonly toSingles: ((raw: ArrayBuffer) => Float32Array) | null;
};

/** Little-endian, like every machine that Hilum runs on. */
export const STORAGE_TYPES: ReadonlyMap<string, StorageType> = new Map<string, StorageType>([
  ['torch.FloatStorage', { bytes: 4, toSingles: (raw) => new Float32Array(raw) }],
  ['torch.HalfStorage', { bytes: 2, toSingles: (raw) => halfToSingle(new Uint16Array(raw)) }],
  ['torch.BFloat16Storage', { bytes: 2, toSingles: (raw) => bfloatToSingle(new Uint16Array(raw)) }],
  ['torch.DoubleStorage', { bytes: 8, toSingles: (raw) => Float32Array.from(new Float64Array(raw)) }],
  ['torch.LongStorage', { bytes: 8, toSingles: null }],
  ['torch.IntStorage', { bytes: 4, toSingles: null }],
  ['torch.ShortStorage', { bytes: 2, toSingles: null }],
  ['torch.CharStorage', { bytes: 1, toSingles: null }],
  ['torch.ByteStorage', { bytes: 1, toSingles: null }],
  ['torch.BoolStorage', { bytes: 1, toSingles: null }],
]);

export function isThing<Kind extends PickledThing['kind']>(
  value: Pickled | undefined,
  kind: Kind,
): value is Extract<PickledThing, { kind: Kind }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

export function invalid(fault: string): AppError {
  return new AppError('model/invalid', `This is not a PyTorch file that can be read: ${fault}`);
}
