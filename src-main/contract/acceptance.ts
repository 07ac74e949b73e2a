/**
 * The acceptance test of a model at a site: what it does on the site's own films, beside the model that reads now, and
 * who answers for it. A model reads only after it (`hilum models commission`, then `activate`).
 */
import * as v from 'valibot';
import { CUTOFF_VIEWS } from './cutoffs';

const figure = v.nullable(v.number());
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const model = v.object({ id: v.string(), version: v.string(), weightsSha256: sha256 });

/** AUROCs with 95 % intervals (DeLong, clustered by patient); null = not defined on these films. */
const AcceptedFindingSchema = v.object({
  n: v.number(),
  positives: v.number(),
  auroc: figure,
  aurocLow: figure,
  aurocHigh: figure,
  /** Of the model that reads now, and this one's minus that one's. */
  otherAuroc: figure,
  difference: figure,
  differenceLow: figure,
  differenceHigh: figure,
  p: figure,
  cutoff: figure,
});

export type AcceptedFinding = v.InferOutput<typeof AcceptedFindingSchema>;

/** AP or PA films, by what labels and headers say, and the cut-offs that they have of their own. */
const AcceptedViewSchema = v.object({
  view: v.picklist(CUTOFF_VIEWS),
  films: v.number(),
  /** Null where nobody knows. */
  patients: v.nullable(v.number()),
  normals: v.number(),
  /** By finding. */
  positives: v.record(v.string(), v.number()),
  /** Of the findings that have enough films in this view; the others take the common one. */
  cutoffs: v.record(v.string(), v.number()),
  /** Why there are none: a clause. Null where there are some. */
  reason: v.nullable(v.string()),
  /** Share of its normal films (of all, where none is normal) that the common cut-offs flag, and that these flag. */
  flaggedByCommon: figure,
  flaggedShare: figure,
});

export type AcceptedView = v.InferOutput<typeof AcceptedViewSchema>;

const GalleryFilmSchema = v.object({
  film: v.string(),
  probability: v.number(),
  view: v.nullable(v.string()),
  ageYears: v.nullable(v.number()),
  sex: v.nullable(v.picklist(['M', 'F'])),
  original: v.nullable(v.object({ path: v.string(), entry: v.nullable(v.string()), contentSha256: sha256 })),
});

/** As an evaluation has them: see contract/evaluation. */
const ErrorGallerySchema = v.object({
  falseNegatives: v.pipe(v.array(GalleryFilmSchema), v.readonly()),
  falsePositives: v.pipe(v.array(GalleryFilmSchema), v.readonly()),
});

/** A film that one of the two models flags and the other does not, or for something else. */
const ChangedFlagsSchema = v.object({ film: v.string(), gained: v.array(v.string()), lost: v.array(v.string()) });

export type ChangedFlags = v.InferOutput<typeof ChangedFlagsSchema>;

export const AcceptanceSchema = v.object({
  schema: v.literal(1),
  notice: v.string(),
  model,
  /** The model that reads now; null where none does. */
  comparedWith: v.nullable(model),
  backend: v.string(),
  preprocessing: v.string(),
  /** When the calibration that it was measured with was made; null or missing = without, or with the card's own. */
  calibratedAt: v.optional(v.nullable(v.string())),
  measuredAt: v.string(),
  /** What the site calls its films. */
  data: v.string(),
  films: v.number(),
  /** Those that labels or headers name; null where they name none. */
  patients: v.nullable(v.number()),
  filmsWithoutPatient: v.optional(v.number(), 0),
  /** Films without any finding; null where the films have no labels. */
  normals: v.nullable(v.number()),
  /** Share of normal films that may be flagged; of all films where they have no labels. */
  budget: v.number(),
  /** Of these very films, of `normals` or of all. They chose the cut-offs: of other patients' the budget is expected. */
  flaggedShare: v.number(),
  rule: v.string(),
  findings: v.record(v.string(), AcceptedFindingSchema),
  /** Missing or [] where one cut-off for all views was asked for. */
  views: v.optional(v.array(AcceptedViewSchema)),
  changed: v.array(ChangedFlagsSchema),
  /** By finding, at these cut-offs; {} where the films have no labels. */
  galleries: v.optional(v.record(v.string(), ErrorGallerySchema), {}),
  warnings: v.array(v.string()),
  /** Null until somebody has answered for it. */
  signed: v.nullable(v.object({ by: v.string(), reason: v.string(), at: v.string() })),
});

export type Acceptance = v.InferOutput<typeof AcceptanceSchema>;
