/**
 * Two models on the same films: what `hilum models compare` and the window show. Each film takes analyseFilm's road
 * twice, prepared as either model's card says. Nothing is stored, and neither model has to read here.
 */
import type { ModelCard } from '#main/contract/card';
import type { ComparedFilm, ComparedFinding, ComparedModel, ModelsComparison, Pair } from '#main/contract/comparison';
import { AppError } from '#main/contract/errors';
import { countKnownPatients } from '#main/contract/knownPatients';
import { isFlagged, printedProbability } from '#main/contract/priority';
import { NOTICE } from '#main/contract/prediction';
import type { LabelTable } from '#main/chexnet/dataset/labelTable';
import { compareFinding } from '#main/chexnet/evaluation/compareFinding';
import { pairedAuroc, rankPair } from '#main/chexnet/evaluation/rankedPair';
import {
  describeLeftOut,
  filmsOfBoth,
  leaveOutTrained,
  pairsAt,
  patientsOf,
  toScoredSet,
  type FilmPairs,
} from './evaluation/filmSets';
import { judgeFilms, type JudgedFilms, type ScoredFile } from './evaluation/judgeFilms';
import { readLabelFile } from './evaluation/readTableFile';
import type { Workbench } from './openWorkbench';

export type ComparisonRequest = {
  readonly modelIds: Pair<string>;
  readonly images: readonly string[];
  /** A table of labels; null where the films have none: then there are no AUROCs. */
  readonly labels: string | null;
};

export type ComparisonOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly model: string; readonly done: number }) => void;
};

/**
 * Throws `usage/invalid` where it is one model or they share no finding, `file/not-found` where they share no film,
 * `label/…`, `file/…`, `model/…`, `task/cancelled`.
 */
export async function compareOnFilms(
  bench: Pick<Workbench, 'decoder' | 'reader' | 'jobs' | 'models'>,
  { modelIds, images, labels }: ComparisonRequest,
  { signal, onProgress }: ComparisonOptions = {},
): Promise<ModelsComparison> {
  const cards = [await bench.models.get(modelIds[0]), await bench.models.get(modelIds[1])] as const;
  const shared = sharedFindings(cards);
  const table = labels === null ? null : await readLabelFile(labels);
  async function judge(id: string): Promise<JudgedFilms> {
    return judgeFilms(bench, id, images, {
      signal,
      labels: table,
      onProgress: (done) => onProgress?.({ model: id, done }),
    });
  }
  const judged = [await judge(modelIds[0]), await judge(modelIds[1])] as const;
  const pairs = filmsOfBoth(...judged);
  if (pairs.first.length === 0) throw new AppError('file/not-found', 'There is no film that both models may judge.');
  const films = pairs.first.map((first, place) => compareFilm([first, pairs.second[place]!], cards, shared));
  const others = leaveOutTrained(pairs.first, table, cards);
  const labelled = pairsAt(pairs, others);
  return {
    notice: NOTICE,
    models: [describeModel(judged, 0), describeModel(judged, 1)],
    ...{ images, labels, n: films.length },
    ...countKnownPatients(patientsOf(pairs.first, table)),
    changed: films.filter(({ flaggedByOne }) => flaggedByOne.flat().length > 0).length,
    findings: compareFindings(pairs, labelled, table, cards, shared),
    films,
    warnings: warningsOf(judged, table === null ? '' : describeLeftOut(others.trained)),
  };
}

function sharedFindings([first, second]: Pair<ModelCard>): string[] {
  if (first.id === second.id) throw new AppError('usage/invalid', `${first.id} can not be compared with itself.`);
  const shared = first.findings.filter((finding) => second.findings.includes(finding));
  if (shared.length > 0) return shared;
  throw new AppError('usage/invalid', `${first.id} and ${second.id} have no finding in common.`);
}

function compareFilm(pair: Pair<ScoredFile>, cards: Pair<ModelCard>, shared: readonly string[]): ComparedFilm {
  const of = <Value>(ask: (film: ScoredFile, card: ModelCard) => Value) =>
    [ask(pair[0], cards[0]), ask(pair[1], cards[1])] as const;
  const flagged = of(flagsOf);
  const alone = (own: 0 | 1): readonly string[] =>
    shared.filter((finding) => flagged[own].includes(finding) && !flagged[1 - own]!.includes(finding));
  const probabilities = shared.map((finding) => {
    return [finding, of((film, { findings }) => printed(film.probabilities[findings.indexOf(finding)]!))] as const;
  });
  return {
    film: pair[0].file,
    contentSha256: pair[0].contentSha256,
    probabilities: Object.fromEntries(probabilities),
    priority: of(({ priority }) => Number(priority.value.toFixed(6))),
    leadingFinding: of(({ priority }) => priority.leadingFinding),
    flagged,
    flaggedByOne: [alone(0), alone(1)],
    largestDifference: printed(Math.max(...probabilities.map(([, [first, second]]) => Math.abs(first - second)))),
  };
}

function printed(probability: number): number {
  return Number(printedProbability(probability));
}

function flagsOf({ probabilities, cutoffs }: ScoredFile): readonly string[] {
  return cutoffs.filter(({ cutoff }, index) => isFlagged(probabilities[index]!, cutoff)).map(({ finding }) => finding);
}

function compareFindings(
  pairs: FilmPairs,
  labelled: FilmPairs,
  table: LabelTable | null,
  cards: Pair<ModelCard>,
  shared: readonly string[],
): ModelsComparison['findings'] {
  const sets =
    table === null || labelled.first.length === 0
      ? null
      : ([toScoredSet(labelled.first, table, cards[0]), toScoredSet(labelled.second, table, cards[1])] as const);
  const aurocOf = (finding: string): ComparedFinding['labelled'] => {
    const others = sets?.[1].probabilities[sets[1].findings.indexOf(finding)];
    if (sets === null || others === undefined) return null;
    const pair = rankPair(sets[0], sets[0].findings.indexOf(finding), others);
    return pairedAuroc(pair.first, pair);
  };
  const column = (films: readonly ScoredFile[], { findings }: ModelCard, finding: string): Float64Array =>
    Float64Array.from(films, ({ probabilities }) => probabilities[findings.indexOf(finding)]!);
  const flagged = [pairs.first.map(flagsOf), pairs.second.map(flagsOf)] as const;
  return Object.fromEntries(
    shared.map((finding) => {
      const columns = [column(pairs.first, cards[0], finding), column(pairs.second, cards[1], finding)] as const;
      const flags = [
        flagged[0].map((names) => names.includes(finding)),
        flagged[1].map((names) => names.includes(finding)),
      ] as const;
      return [finding, { ...compareFinding(columns, flags), labelled: aurocOf(finding) }];
    }),
  );
}

function describeModel(judged: Pair<JudgedFilms>, own: 0 | 1): ComparedModel {
  const [{ reader, backend, films }, other] = [judged[own], judged[1 - own]!];
  const { card, receipt } = reader;
  const known = new Set(other.films.map(({ contentSha256 }) => contentSha256));
  return {
    ...{ id: card.id, version: card.version, weightsSha256: card.weights.sha256, backend },
    preprocessing: receipt.preprocessing,
    cutoffs: card.cutoffs?.rule ?? null,
    ownFindings: card.findings.filter((finding) => !other.reader.card.findings.includes(finding)),
    ownFilms: films.filter(({ contentSha256 }) => !known.has(contentSha256)).map(({ file }) => file),
  };
}

function warningsOf(judged: Pair<JudgedFilms>, leftOut: string): string[] {
  const warnings: string[] = [];
  for (const { reader, leftOut } of judged) {
    const { id, cutoffs } = reader.card;
    if (cutoffs === null) warnings.push(`${id} has no cut-offs: it flags nothing.`);
    for (const [code, files] of Object.entries(leftOut))
      warnings.push(`${files} files got no numbers of ${id} (${code}).`);
  }
  return leftOut === '' ? warnings : [...warnings, `For the AUROCs: ${leftOut}`];
}
