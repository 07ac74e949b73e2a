/**
 * What the files of known models do not say: the order of their findings and the way to their input, each from the
 * published code of its origin. Where that differs from what Hilum does, the card says so.
 */
import { NIH_FINDINGS } from '#main/contract/findings';

export type ModelPreset = {
  readonly name: string;
  readonly findings: readonly string[];
  /** One for each channel of the input, after division by 255. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly licence: string;
  readonly limitations: readonly string[];
};

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

export const MODEL_PRESETS: Readonly<Record<string, ModelPreset>> = {
  chexnet: {
    ...IMAGENET,
    name: 'CheXNet',
    findings: NIH_FINDINGS,
    licence: 'not known',
    limitations: [],
  },
  arnoweng: {
    ...IMAGENET,
    name: 'CheXNet by X. Weng (github.com/arnoweng/CheXNet)',
    findings: NIH_FINDINGS,
    licence: 'not stated by its author',
    limitations: [
      'Its author averages ten crops of a film of 256 pixels; Hilum judges the whole film at 224. Published AUROCs are of the former.',
    ],
  },
  jrzech: {
    ...IMAGENET,
    name: 'CheXNet by J. Zech (github.com/jrzech/reproduce-chexnet)',
    findings: NIH_FINDINGS,
    licence: 'BSD-3-Clause, Copyright (c) 2018 John Zech',
    limitations: [
      'Its author cuts the middle square out of a film that is not square; Hilum fits the whole film into the square. On square films, like those of NIH, both are the same.',
    ],
  },
};

/** Known, and not to be had: why. Wrong preprocessing gives plausible wrong numbers, so that there is no next best. */
export const UNSUPPORTED_PRESETS: Readonly<Record<string, string>> = {
  torchxrayvision:
    'TorchXRayVision cuts the middle square out and resizes with scikit-image, and Hilum can do neither of them yet.',
};
