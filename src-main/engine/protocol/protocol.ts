/** What can be asked of the engine process. */
import type { ModelCard } from '#main/contract/card';
import type { BackendId, BackendReport } from '#main/contract/engine';
import type { NetworkPixels } from '#main/contract/networkFilm';

/** Up to the first backend that passes; every one of them; every one, with its time per film. */
export type ProbeExtent = 'needed' | 'all' | 'measured';

export type GpuState = 'none' | 'used' | 'refused';

export type EngineProtocol = {
  /** Probes and self-tests the backends in their order, keeps the first that passes. */
  start: {
    argument: {
      readonly wanted: BackendId | null;
      readonly threads: number;
      readonly extent: ProbeExtent;
      /** Path of TF.js's addon in the engine pack; null where there is none, or none may be used. */
      readonly addon: string | null;
      /** False leaves a GPU alone: it failed before. */
      readonly gpu?: boolean;
    };
    reply: {
      readonly backends: readonly BackendReport[];
      readonly chosen: BackendId | null;
      /** `refused`: a GPU was found and did not pass. A process that has loaded its libraries can't do without it. */
      readonly gpu: GpuState;
    };
  };
  /** Reads and checks weights (SHA-256 against the card) and builds the graph; the last two models stay loaded. */
  load: {
    argument: { readonly card: ModelCard; readonly weightsPath: string };
    reply: { readonly parameters: number };
  };
  analyse: {
    argument: {
      readonly weightsSha256: string;
      /** Each [224·224] display grey, resized by the decode process. */
      readonly inputs: readonly NetworkPixels[];
      readonly maps: boolean;
    };
    reply: {
      readonly films: readonly { readonly probabilities: Float32Array; readonly maps: Float32Array | null }[];
      /** The backend that made them, as the receipt names it. */
      readonly backend: string;
      readonly milliseconds: number;
      /** What people should know of how it computes now; '' where that is nothing. */
      readonly notice: string;
    };
  };
  memory: { argument: Record<string, never>; reply: { readonly rssBytes: number; readonly tensors: number } };
};
