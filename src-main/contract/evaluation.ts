/**
 * The report of an evaluation, as `hilum evaluate --json` prints it and the window shows it. Plain JSON. Every figure
 * stands beside the films that it was computed from; null = not defined, and why stands beside it.
 */
import type { CutoffView } from './cutoffs';
import type { WithInterval } from './interval';
import type { ReaderStudy } from './readerStudy';

export type EvaluationReport = {
  readonly notice: string;
  /** Films with a probability and a label of at least one finding. */
  readonly n: number;
  readonly patients: number;
  readonly source: EvaluationSource;
  readonly bootstrap: { readonly count: number; readonly seed: number; readonly by: 'patient' };
  readonly findings: Readonly<Record<string, FindingEvaluation>>;
  readonly mean: MeanEvaluation;
  readonly cutoffs: CutoffsUsed;
  /**
   * What rules for cut-offs do, the one in use first. Where cut-offs are chosen on half of the patients, each half is
   * reported with the cut-offs of the other one: two-fold, so that every film counts and no luck of one split does.
   */
  readonly rules: readonly RuleOutcome[];
  readonly calibration: readonly CalibrationOutcome[];
  readonly subgroups: readonly SubgroupEvaluation[];
  /** AP and PA, where films say that they are one of them: the cut-offs that they are judged by, and what those do. */
  readonly views: readonly ViewEvaluation[];
  readonly confounders: readonly ConfounderEvaluation[];
  readonly comparison: ModelComparison | null;
  /** Null where no readers were given. */
  readonly readers: ReaderStudy | null;
  readonly published: { readonly sources: readonly PublishedSource[]; readonly notComparable: string };
  readonly checklist: readonly ChecklistItem[];
  readonly warnings: readonly string[];
};

/** What this site has measured last of a model, as it lies on the disk. */
export type KeptEvaluation = {
  /** 2: with AP and PA. */
  readonly schema: 2;
  readonly measuredAt: string;
  readonly report: EvaluationReport;
};

export type EvaluationSource = {
  /** File names as given; null where a model judged the films for this report. */
  readonly predictions: string | null;
  readonly images: string | null;
  readonly labels: string;
  readonly labelFormat: string;
  readonly model: EvaluatedModel | null;
  /** Films with probabilities that have no row of labels, and rows of labels without probabilities. */
  readonly unlabelled: number;
  readonly unscored: number;
};

export type EvaluatedModel = {
  readonly id: string;
  readonly version: string | null;
  readonly weightsSha256: string;
  readonly preprocessing: string | null;
  readonly backend: string | null;
};

/** Of the ranking, and of the probabilities as such: on all films of a finding. */
export type RankingFigure = 'auroc' | 'averagePrecision' | 'brier' | 'ece';
/** At the cut-off: on `cutoffN` films. */
export type CutoffFigure = 'f1' | 'sensitivity' | 'specificity' | 'ppv' | 'npv' | 'flagsPer100Normals';

/** Intervals: bootstrap by patient where nothing else is said. `ece` has 15 bins of equal width. */
export type FindingEvaluation = WithInterval<RankingFigure | CutoffFigure> & {
  readonly n: number;
  readonly positives: number;
  readonly patients: number;
  /** Why figures are null: `no positive film` … */
  readonly undefinedReason: string | null;
  /** As if films were independent (DeLong), and clustered by patient (Obuchowski 1997). */
  readonly delong: DelongInterval | null;
  readonly delongByPatient: DelongInterval | null;
  /** Null where none could be chosen. */
  readonly cutoff: number | null;
  /** Those that films of a view are judged by instead; {} where one is common to all. */
  readonly cutoffsByView: Readonly<Partial<Record<CutoffView, number>>>;
  readonly cutoffN: number;
  readonly cutoffPositives: number;
  /** Films of `cutoffN` without any finding: `flagsPer100Normals` is of them. */
  readonly cutoffNormals: number;
  /** Films of `cutoffN` that are flagged. */
  readonly flags: number;
  /** PPV and NPV in a population with this share of positives; null where none was stated. */
  readonly atPrevalence: (WithInterval<'ppv' | 'npv'> & { readonly prevalence: number }) | null;
  /** Null where films have no dates. */
  readonly waiting: WaitingTimes | null;
  readonly reliability: readonly ReliabilityBin[];
  readonly histogram: ScoreHistogram;
  readonly roc: readonly CurvePoint[];
  readonly precisionRecall: readonly CurvePoint[];
  /** Published AUROCs, by the ids of `published.sources`. */
  readonly published: Readonly<Record<string, number>>;
  /** The worst first: positives below the cut-off, negatives at or above it. Without a cut-off: of all of them. */
  readonly falseNegatives: readonly GalleryFilm[];
  readonly falsePositives: readonly GalleryFilm[];
};

/** The films that a model was most wrong about, at its cut-off. */
export type ErrorGallery = Pick<FindingEvaluation, 'falseNegatives' | 'falsePositives'>;

export type DelongInterval = { readonly standardError: number; readonly low: number; readonly high: number };

/** Means over the findings for which a figure is defined. */
export type MeanEvaluation = WithInterval<RankingFigure | CutoffFigure> & { readonly findings: number };

export type FilmCounts = { readonly n: number; readonly patients: number; readonly normals: number };

/** Where the cut-offs come from; `chosenOn` null = they were given. */
export type CutoffsUsed = {
  readonly rule: string;
  readonly chosenOn: FilmCounts | null;
  readonly reportedOn: FilmCounts;
  /** One sentence: the halves, the table, the card. */
  readonly origin: string;
  readonly views: readonly ViewCutoffsUsed[];
};

export type ViewCutoffsUsed = {
  readonly view: CutoffView;
  /** Films of the view among those that chose, with the positive ones by finding; null = they were given. */
  readonly chosenOn: (FilmCounts & { readonly positives: Readonly<Record<string, number>> }) | null;
  /** Why it has no cut-offs of its own, so that its films take the common ones: a clause. Null where it has some. */
  readonly reason: string | null;
};

/** What the cut-offs of a rule do, on films that they were not chosen on. Shares are of films. */
export type RuleOutcome = WithInterval<RuleFigure> & {
  readonly rule: string;
  /** Those of the first part, common to all films. */
  readonly cutoffs: Readonly<Record<string, number | null>>;
  readonly n: number;
  readonly patients: number;
  readonly normals: number;
  readonly abnormals: number;
  /** Of the films of one view. A view that no film says to be of is left out. */
  readonly views: readonly RuleViewOutcome[];
  /** Each with cut-offs of its own: the two halves of the patients, or all films at once. */
  readonly parts: readonly RulePartOutcome[];
  /** How the alarms are split: share of normal films that each finding flags. */
  readonly split: Readonly<Record<string, WithInterval<'share'>>>;
};

/** `meanSensitivity`: over the findings with positive films. */
export type RuleFigure =
  'normalsFlagged' | 'filmsFlagged' | 'abnormalWithCorrectFlag' | 'flagsPerFilm' | 'meanSensitivity';

export type RuleViewOutcome = WithInterval<'normalsFlagged'> & {
  readonly view: CutoffView;
  readonly n: number;
  readonly normals: number;
};

export type RulePartOutcome = {
  readonly n: number;
  readonly normals: number;
  readonly normalsFlagged: number | null;
};

export type CalibrationOutcome = {
  readonly finding: string;
  readonly method: 'temperature' | 'platt' | 'isotonic';
  readonly fittedOn: { readonly n: number; readonly positives: number };
  readonly reportedOn: { readonly n: number; readonly positives: number };
  readonly before: CalibrationFigures;
  readonly after: CalibrationFigures;
};

export type CalibrationFigure = 'brier' | 'ece' | 'logLoss';

/** Intervals: bootstrap by patient. */
export type CalibrationFigures = WithInterval<CalibrationFigure>;

/** Interval of the mean: what each patient adds to it (infinitesimal jackknife). */
export type SubgroupEvaluation = WithInterval<'meanAuroc'> & {
  readonly by: 'sex' | 'age' | 'view';
  readonly group: string;
  readonly n: number;
  readonly patients: number;
  readonly findings: Readonly<Record<string, SubgroupFinding>>;
};

/** Intervals: of the AUROC DeLong clustered by patient, of the others bootstrap by patient. */
export type SubgroupFinding = WithInterval<'auroc' | 'sensitivity' | 'specificity'> & {
  readonly n: number;
  readonly positives: number;
  /** Films that the cut-off is reported on. */
  readonly cutoffN: number;
  readonly cutoffPositives: number;
  readonly undefinedReason: string | null;
};

/** Films of one view at the cut-offs in use: on those that the cut-offs are reported on. */
export type ViewEvaluation = WithInterval<'normalsFlagged'> &
  ViewCutoffsUsed & {
    readonly n: number;
    readonly patients: number;
    readonly normals: number;
    readonly findings: Readonly<Record<string, ViewFinding>>;
  };

/** Intervals: bootstrap by patient. */
export type ViewFinding = WithInterval<'sensitivity' | 'specificity'> & {
  readonly cutoff: number | null;
  /** False: the one common to all films. */
  readonly own: boolean;
  readonly n: number;
  readonly positives: number;
};

/** What view, age and sex alone would score, and the model on the same films. Below 0.5 a fact speaks against the finding. */
export type ConfounderEvaluation = WithInterval<'auroc' | 'modelAuroc'> & {
  readonly finding: string;
  readonly fact: 'view AP' | 'age' | 'male sex';
  readonly n: number;
  readonly positives: number;
};

export type ReliabilityBin = {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly meanProbability: number;
  readonly positiveShare: number;
  /** Wilson's 95 % interval of the share of positives. */
  readonly low: number;
  readonly high: number;
};

/** Counts of films in bins of equal width from 0 to 1. */
export type ScoreHistogram = { readonly positives: readonly number[]; readonly negatives: readonly number[] };

/** ROC: x = 1 − specificity, y = sensitivity. Precision-recall: x = recall, y = precision. */
export type CurvePoint = { readonly x: number; readonly y: number; readonly cutoff: number | null };

export type GalleryFilm = {
  readonly film: string;
  readonly probability: number;
  readonly view: string | null;
  readonly ageYears: number | null;
  readonly sex: 'M' | 'F' | null;
  /** Null where the probabilities came as a table: the film itself is not at hand. */
  readonly original: FilmOriginal | null;
};

/** Where a judged film was found; `entry` in an archive. Its bytes say whether it is that film still. */
export type FilmOriginal = { readonly path: string; readonly entry: string | null; readonly contentSha256: string };

/** Medians over the positive films of how many films are read before each. */
export type WaitingTimes = WithInterval<'medianBeforeInTimeOrder' | 'medianBeforeInPriorityOrder'> & {
  readonly positives: number;
  readonly films: number;
};

/** This model − the other one, on films that both have judged. */
export type ModelComparison = {
  readonly other: string;
  readonly n: number;
  readonly patients: number;
  readonly findings: Readonly<Record<string, PairedFinding>>;
  readonly mean: WithInterval<'difference'> & { readonly findings: number };
};

/** Intervals: of the difference bootstrap by patient, of the AUROCs DeLong clustered by patient. */
export type PairedFinding = WithInterval<'auroc' | 'otherAuroc' | 'difference'> & {
  readonly n: number;
  readonly positives: number;
  /** Two-sided: DeLong's test clustered by patient, and as if films were independent. */
  readonly p: number | null;
  readonly pByFilm: number | null;
};

export type PublishedSource = { readonly id: string; readonly name: string };

export type ChecklistItem = { readonly item: string; readonly answer: string };

/**
 * Whether the rules side by side, and the calibrations, are of one half of the patients and reported on the other; else
 * films of other patients chose them all.
 */
export function isByHalves({ rules }: Pick<EvaluationReport, 'rules'>): boolean {
  return rules.some(({ parts }) => parts.length > 1);
}
