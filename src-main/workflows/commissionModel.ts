/**
 * The acceptance test of a model on a site's own films: what `hilum models commission` and the window run before a
 * model may read. It measures and keeps what it found; activateModel asks who answers for it.
 */
import type { Acceptance } from '#main/contract/acceptance';
import type { ModelCard } from '#main/contract/card';
import { MEASURED_POSITIVES, type CutoffView } from '#main/contract/cutoffs';
import { AppError } from '#main/contract/errors';
import { NOTICE } from '#main/contract/prediction';
import { frontalView } from '#main/imaging/kind/viewTerms';
import { BY_VIEW } from '#main/chexnet/evaluation/cutoffPlan';
import { describeRule } from '#main/chexnet/evaluation/cutoffRules';
import {
  measureAcceptance,
  type AcceptanceFigures,
  type ReadingModel,
} from '#main/chexnet/evaluation/measureAcceptance';
import { frontalViews, type ScoredFilms } from '#main/chexnet/evaluation/scoredFilms';
import { describeLeftOut, filmsOfBoth, leaveOutTrained, pairsAt, toScoredSet } from './evaluation/filmSets';
import { judgeFilms, type JudgedFilms, type ScoredFile } from './evaluation/judgeFilms';
import { readLabelFile } from './evaluation/readTableFile';
import type { Workbench } from './openWorkbench';

export type CommissionRequest = {
  readonly modelId: string;
  readonly images: readonly string[];
  /** A table of labels; null where the films have none: then there are no AUROCs, and the budget is one of all films. */
  readonly labels: string | null;
  /** Share of normal films that may get a flag, in 0 … 1. */
  readonly budget: number;
  /** Cut-offs of their own for AP and PA films, where enough films allow: else normal AP films get most of the alarms. */
  readonly byView: boolean;
  /** What the site calls these films. */
  readonly data: string;
};

export type CommissionOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly model: string; readonly done: number }) => void;
};

/** With fewer films a budget of alarms is a matter of a handful of them. */
const LEAST_FILMS = 50;
const ENOUGH_FILMS = 300;

/**
 * Keeps the acceptance, unsigned, in place of an earlier one, and returns it. Throws `label/…`, `file/…`, `model/…`,
 * `usage/invalid` where there are too few films, `task/cancelled`.
 */
export async function commissionModel(
  bench: Pick<Workbench, 'decoder' | 'reader' | 'jobs' | 'models'>,
  { modelId, images, labels, budget, byView, data }: CommissionRequest,
  { signal, onProgress }: CommissionOptions = {},
): Promise<Acceptance> {
  if (!(budget > 0 && budget < 1)) throw new AppError('usage/invalid', 'A budget of alarms is a share: 0.15 or 15%.');
  const table = labels === null ? null : await readLabelFile(labels);
  const reading = await bench.models.active();
  async function judge(id: string): Promise<JudgedFilms> {
    return judgeFilms(bench, id, images, {
      signal,
      labels: table,
      onProgress: (done) => onProgress?.({ model: id, done }),
    });
  }
  const judged = await judge(modelId);
  const before = reading.id === modelId ? null : await judge(reading.id);
  const { card } = judged.reader;
  const both = filmsOfBoth(judged, before ?? judged);
  const others = leaveOutTrained(both.first, table, [card, (before ?? judged).reader.card]);
  const films = pairsAt(both, others);
  const leftOut = describeLeftOut(others.trained);
  refuseTooFew(films.first.length, leftOut);
  const set = toScoredSet(films.first, table, card);
  refuseTooFew(set.films.length, leftOut);
  const readAs = viewsRead(set, films.first);
  const figures = measureAcceptance(set, {
    labelled: table !== null,
    ...{ budget, byView, readAs },
    reading: before === null ? null : readingModel(toScoredSet(films.second, table, before.reader.card), before),
  });
  const whose = figures.normals === null ? 'all films' : 'normal films';
  const acceptance: Acceptance = {
    ...{ schema: 1, notice: NOTICE, signed: null, budget, data },
    model: describeModel(card),
    comparedWith: before === null ? null : describeModel(before.reader.card),
    backend: judged.backend,
    preprocessing: judged.reader.receipt.preprocessing,
    calibratedAt: judged.reader.card.calibration?.madeAt ?? null,
    measuredAt: new Date().toISOString(),
    films: set.films.length,
    ...set.known,
    normals: figures.normals,
    flaggedShare: figures.flaggedShare,
    rule: ruleOf(budget, whose, figures, data),
    findings: figures.findings,
    views: [...figures.views],
    changed: [...figures.changed],
    galleries: figures.galleries,
    warnings: [...warningsOf(set, figures, judged, leftOut), ...viewWarnings(set, figures, readAs)],
  };
  await bench.models.noteAcceptance(acceptance);
  return acceptance;
}

function readingModel(set: ScoredFilms, { reader }: JudgedFilms): ReadingModel {
  return { set, cutoffs: reader.card.cutoffs ?? { values: {} } };
}

/** [n]: AP or PA where the film's own header says so, for it is by that that films are read. */
function viewsRead({ films }: ScoredFilms, judged: readonly ScoredFile[]): (CutoffView | null)[] {
  const views = new Map(judged.map(({ contentSha256, facts }) => [contentSha256, frontalView(facts.view)] as const));
  return films.map(({ original }) => views.get(original?.contentSha256 ?? '') ?? null);
}

function ruleOf(budget: number, whose: string, { views }: AcceptanceFigures, data: string): string {
  const apart = views.some(({ reason }) => reason === null) ? `${BY_VIEW},` : '';
  return `${describeRule({ kind: 'budget', share: budget })} (${whose})${apart} on ${data}`;
}

function describeModel({ id, version, weights }: ModelCard): Acceptance['model'] {
  return { id, version, weightsSha256: weights.sha256 };
}

function refuseTooFew(count: number, leftOut: string): void {
  if (count >= LEAST_FILMS) return;
  const wanted = `the test takes ${LEAST_FILMS} at least, ${ENOUGH_FILMS} are enough`;
  const sentences = [`${count} films could be judged (and have labels): ${wanted}.`, leftOut];
  throw new AppError('usage/invalid', sentences.join(' ').trim(), { films: count });
}

function warningsOf(
  set: ScoredFilms,
  { findings, normals }: AcceptanceFigures,
  judged: JudgedFilms,
  leftOut: string,
): string[] {
  const warnings: string[] = [];
  if (leftOut !== '') warnings.push(leftOut);
  const count = set.films.length;
  if (count < ENOUGH_FILMS) warnings.push(`${count} films are few: ${ENOUGH_FILMS} make the intervals narrow enough.`);
  if (normals === null) warnings.push('The films have no labels: nobody knows which flags are right.');
  const few = Object.entries(findings).filter(([, { positives }]) => positives < MEASURED_POSITIVES);
  if (normals !== null && few.length > 0) {
    const names = few.map(([finding]) => finding).join(', ');
    warnings.push(`Fewer than ${MEASURED_POSITIVES} positives, so not measured, and without urgency: ${names}.`);
  }
  const unlabelled = judged.reader.card.findings.filter((finding) => findings[finding] === undefined);
  if (unlabelled.length > 0) warnings.push(`The labels say nothing of ${unlabelled.join(', ')}: never flagged.`);
  for (const [code, files] of Object.entries(judged.leftOut)) warnings.push(`${files} files got no numbers (${code}).`);
  return warnings;
}

function viewWarnings(
  set: ScoredFilms,
  { views }: AcceptanceFigures,
  readAs: readonly (CutoffView | null)[],
): string[] {
  const without = views.flatMap(({ view, reason }) =>
    reason === null ? [] : [`${view} films have no cut-offs of their own: ${reason}.`],
  );
  const differing = frontalViews(set).filter((view, film) => view !== null && view !== readAs[film]).length;
  if (differing === 0 || without.length === views.length) return without;
  return [
    ...without,
    `${differing} films are AP or PA by their labels and not by their header: read here, they take the common cut-offs.`,
  ];
}
