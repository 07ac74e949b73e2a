/**
 * The model card: everything that the numbers of a model depend on, beside its weights.
 * It is checked at load; nothing about a model is hard-coded elsewhere.
 */
import * as v from 'valibot';
import { cutoffOf, CutoffsSchema, MEASURED_POSITIVES, type CutoffView, type FindingCutoff } from './cutoffs';

/** How a film becomes the network's square, each as its origin does it: chexnet/preprocess/resizeRules.ts. */
export const RESIZE_RULES = [
  'pillow-bilinear',
  'pillow-nearest',
  'torchvision-224-centre',
  'torchvision-256-centre',
  'torchvision-256-ten-crops',
  'skimage-linear',
  'skimage-centre-square',
] as const;

export type ResizeRule = (typeof RESIZE_RULES)[number];

const perFinding = v.record(v.string(), v.nullable(v.number()));

/** Patients of one model's data, hashed: see chexnet/dataset/patientList. */
const PatientListSchema = v.object({
  /** Id of the model that saw them: this card's, or an ancestor's. */
  model: v.string(),
  /** `trained`: its weights come from them. `validated`: epoch and cut-offs were chosen on them. */
  role: v.picklist(['trained', 'validated']),
  /** Whose patient numbers these are, as `NIH ChestX-ray14`; '' where nobody said. */
  origin: v.string(),
  salt: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /** 12 hex digits each, in order, with blanks between. */
  hashes: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{12}(?: [0-9a-f]{12})*)?$/)),
});

export type PatientList = v.InferOutput<typeof PatientListSchema>;

const rising = v.pipe(
  v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  v.minLength(1),
  v.check((values) => values.every((value, index) => index === 0 || value >= values[index - 1]!), 'It must rise.'),
);

/** From the network's probability p to the share of films that are positive at it. Each method keeps their order. */
const CalibrationSchema = v.variant('method', [
  /** logit(p) → slope · logit(p) + intercept; a temperature is 1 / slope, without an intercept. */
  v.object({
    method: v.picklist(['temperature', 'platt']),
    slope: v.pipe(v.number(), v.gtValue(0)),
    intercept: v.number(),
  }),
  /** Points of an isotonic fit: linear in between, level outside. */
  v.pipe(
    v.object({ method: v.literal('isotonic'), from: rising, to: rising }),
    v.check(({ from, to }) => from.length === to.length, 'It must have as many points from as to.'),
  ),
]);

export type Calibration = v.InferOutput<typeof CalibrationSchema>;

/** Never without the films that it was fitted on. */
export const CardCalibrationSchema = v.object({
  /** A finding that is not in here is given out as the network says it. */
  findings: v.record(v.string(), CalibrationSchema),
  fittedOn: v.object({
    data: v.string(),
    films: v.number(),
    patients: v.number(),
    positives: v.record(v.string(), v.number()),
  }),
  /** ISO 8601; it tells which cut-offs were chosen with it. */
  madeAt: v.optional(v.string()),
});

export const ModelCardSchema = v.object({
  schema: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)),
  name: v.string(),
  version: v.string(),
  architecture: v.literal('densenet121'),
  head: v.picklist(['linear', 'dense1024']),
  /** None: weights without outputs, such as ImageNet's, which are there to train from. */
  findings: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_]{1,64}$/))), v.maxLength(256)),
  input: v.object({
    size: v.literal(224),
    channels: v.picklist([1, 3]),
    source: v.string(),
    resize: v.picklist(RESIZE_RULES),
    scale: v.literal('0..1'),
    mean: v.array(v.number()),
    std: v.array(v.pipe(v.number(), v.gtValue(0))),
  }),
  /**
   * TorchXRayVision's: the network's own probability that is given out as 0.5, by finding; linear below and above.
   * A finding that is not in here is given out as the network says it.
   */
  operatingPoints: v.optional(v.record(v.string(), v.pipe(v.number(), v.gtValue(0), v.ltValue(1)))),
  batchNormEpsilon: v.pipe(v.number(), v.gtValue(0)),
  weights: v.object({
    file: v.literal('model.safetensors'),
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    dtype: v.picklist(['float32', 'float16']),
    parameters: v.number(),
  }),
  /** Where imported weights came from. */
  lineage: v.optional(
    v.object({
      /** `PyTorch (zip)`, `ONNX` … */
      format: v.string(),
      file: v.string(),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      /** What the preprocessing and the findings' order were taken from. */
      preset: v.nullable(v.string()),
    }),
  ),
  training: v.optional(v.record(v.string(), v.unknown())),
  evaluation: v.optional(
    v.object({
      validation: v.optional(
        v.object({
          films: v.number(),
          meanAuroc: v.nullable(v.number()),
          auroc: perFinding,
          positives: v.record(v.string(), v.number()),
        }),
      ),
      heldOut: v.optional(v.record(v.string(), v.unknown())),
    }),
  ),
  cutoffs: v.nullable(CutoffsSchema),
  /** Who let it read at this site, and on the strength of what: see contract/acceptance. Hilum adds it. */
  acceptance: v.optional(v.object({ by: v.string(), reason: v.string(), at: v.string(), films: v.number() })),
  /**
   * What makes the network's probabilities shares of films, applied wherever films are judged. Cut-offs are of the
   * calibrated probabilities.
   */
  calibration: v.optional(v.nullable(CardCalibrationSchema)),
  /** Closed range of patient ages in years that the model may judge. */
  ageRangeYears: v.optional(v.tuple([v.number(), v.number()])),
  limitations: v.array(v.string()),
  intendedUse: v.picklist(['demonstration', 'research']),
  /** Whom the model and its ancestors have seen: none of those may be in a test of it. */
  patients: v.optional(v.looseObject({ lists: v.optional(v.array(PatientListSchema)) })),
  licence: v.string(),
});

export type ModelCard = v.InferOutput<typeof ModelCardSchema>;

/** The card's cut-offs for a film of that view, in the order of its findings. */
export function findingCutoffs({ findings, cutoffs, evaluation }: ModelCard, view: CutoffView | null): FindingCutoff[] {
  const positives = cutoffs?.chosenOn?.positives ?? evaluation?.validation?.positives ?? {};
  return findings.map((finding) => {
    const decided = cutoffOf(cutoffs ?? { values: {} }, finding, view);
    // One of a view has been measured in that view, or it would not be taken.
    const measured = decided.view !== null || (positives[finding] ?? 0) >= MEASURED_POSITIVES;
    return { finding, ...decided, measured };
  });
}

/** Ages that a model may judge where its card says nothing: adults. */
export const DEFAULT_AGE_RANGE_YEARS: readonly [number, number] = [18, 130];

export function isCalibrated(card: ModelCard): boolean {
  return card.calibration !== undefined && card.calibration !== null;
}
