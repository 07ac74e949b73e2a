/**
 * The few globals that every runtime of ours has and that the pure rooms may use. Whatever is not here
 * (window, Buffer, process, performance …) does not compile there.
 */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: ArrayBufferView | ArrayBuffer): string;
}
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare class AbortSignal {
  readonly aborted: boolean;
}
