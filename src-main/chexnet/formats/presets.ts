/**
 * What the files of known models do not say: the order of their findings and the way to their input, each from the
 * published code of its origin. Wrong preprocessing gives plausible wrong numbers, so that there is no next best.
 */
import type { ResizeRule } from '#main/contract/card';
import { NIH_FINDINGS } from '#main/contract/findings';
import { XRV_FINDINGS, XRV_WEIGHTS } from './xrvWeights';

export type ModelPreset = {
  readonly name: string;
  /**
   * Null where whoever trained the model must say it. An output that is null means nothing, and is left out; where
   * there is none, the whole head is.
   */
  readonly findings: readonly (string | null)[] | null;
  readonly resize: ResizeRule;
  /** One for each channel of the input, after division by 255. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** As in the card, by finding. */
  readonly operatingPoints?: Readonly<Record<string, number>>;
  readonly licence: string;
  readonly limitations: readonly string[];
};

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const OF_NIH = { ...IMAGENET, findings: NIH_FINDINGS };

/** −1024…1024: (v / 255 − 1/2) · 2048. */
const XRV = {
  resize: 'skimage-centre-square',
  mean: [0.5],
  std: [1 / 2048],
  licence: 'Apache-2.0',
  limitations: ["Of a film that is not square it sees the middle square alone, as its authors' own tool does."],
} as const;

export const MODEL_PRESETS: Readonly<Record<string, ModelPreset>> = {
  chexnet: { ...OF_NIH, name: 'CheXNet', resize: 'pillow-bilinear', licence: 'not known', limitations: [] },
  arnoweng: {
    ...OF_NIH,
    name: 'CheXNet by X. Weng (github.com/arnoweng/CheXNet)',
    resize: 'torchvision-256-ten-crops',
    licence: 'not stated by its author',
    limitations: [
      'Ten crops of each film are judged and averaged, as its author does: ten times the work of one. Together they show the middle of a film that is not square.',
    ],
  },
  jrzech: {
    ...OF_NIH,
    name: 'CheXNet by J. Zech (github.com/jrzech/reproduce-chexnet)',
    resize: 'torchvision-224-centre',
    licence: 'BSD-3-Clause, Copyright (c) 2018 John Zech',
    limitations: ["Of a film that is not square it sees the middle square alone, as its author's own code does."],
  },
  brucechou: {
    ...OF_NIH,
    name: 'CheXNet by B. Chou (github.com/brucechou1983/CheXNet-Keras)',
    resize: 'skimage-linear',
    licence: 'MIT',
    limitations: [
      'Its code names no version of scikit-image; the resize is that of its time (before 0.15), which does not blur.',
    ],
  },
  keras: {
    ...IMAGENET,
    name: 'DenseNet-121 from Keras',
    findings: null,
    resize: 'pillow-nearest',
    licence: 'not known',
    limitations: [
      'The resize is what load_img of Keras does unless it is told otherwise; its author may have told it.',
    ],
  },
  imagenet: {
    ...IMAGENET,
    name: 'DenseNet-121 of ImageNet',
    findings: [],
    resize: 'pillow-bilinear',
    licence: 'not known',
    limitations: ['Without the outputs that it had: it knows no finding, and is there to train from.'],
  },
  torchxrayvision: {
    ...XRV,
    name: 'DenseNet-121 trained with TorchXRayVision',
    findings: XRV_FINDINGS,
    licence: 'not known',
  },
  ...Object.fromEntries(XRV_WEIGHTS.map((weights) => [`torchxrayvision-${weights.name}`, xrvPreset(weights)])),
};

function xrvPreset({ name, points }: (typeof XRV_WEIGHTS)[number]): ModelPreset {
  const trained = XRV_FINDINGS.map((finding, index) => ({ finding, point: points[index] ?? null }));
  return {
    ...XRV,
    name: `TorchXRayVision densenet121-res224-${name}`,
    findings: trained.map(({ finding, point }) => (point === null ? null : finding)),
    operatingPoints: Object.fromEntries(
      trained.flatMap(({ finding, point }) => (point === null ? [] : [[finding, point]])),
    ),
    limitations: [
      ...XRV.limitations,
      'Its numbers are scaled so that 0.5 is the operating point that its authors chose on films of their own: no probabilities.',
    ],
  };
}
