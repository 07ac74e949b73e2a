/** The evaluation of 2,000 films that other tools have made too: see test/fixtures/evaluation/ORIGIN.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import { readPredictionTable } from '#main/chexnet/dataset/readPredictionTable';
import { joinScores } from '#main/chexnet/evaluation/joinScores';
import type { Counting } from '#main/chexnet/evaluation/measure';
import { flagFilms } from '#main/chexnet/evaluation/operatingPoint';
import { rankFilms, type RankedSample } from '#main/chexnet/evaluation/rankedFilms';
import type { ScoredFilms } from '#main/chexnet/evaluation/scoredFilms';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'evaluation');

export type ReferenceFinding = {
  readonly n: number;
  readonly positives: number;
  readonly auroc: number;
  readonly averagePrecision: number;
  readonly otherAveragePrecision: number;
  readonly brier: number;
  readonly ece: number;
  readonly f1: number;
  readonly delong: Readonly<Record<'low' | 'high' | 'standardError' | 'otherAuroc' | 'p' | 'z', number>>;
  readonly clustered: { readonly standardError: number; readonly differenceStandardError: number };
  readonly calibration: {
    readonly platt: { readonly slope: number; readonly intercept: number };
    readonly temperature: { readonly slope: number };
    readonly isotonic: { readonly at: readonly number[]; readonly becomes: readonly number[] };
    readonly logLoss: number;
  };
  readonly correlation: { readonly pearson: number; readonly spearman: number };
};

export function fixtureFile(name: string): string {
  return join(FOLDER, name);
}

function readTable(name: string): string {
  return gunzipSync(readFileSync(fixtureFile(name))).toString('utf8');
}

export function readFixture(predictions: 'predictions' | 'other-predictions' = 'predictions'): ScoredFilms {
  return joinScores(readPredictionTable(readTable(`${predictions}.csv.gz`)), readLabelTable(readTable('labels.csv.gz')))
    .set;
}

const reference = JSON.parse(readFileSync(fixtureFile('reference.json'), 'utf8')) as {
  readonly cutoff: number;
  readonly findings: Readonly<Record<string, ReferenceFinding>>;
};

export const REFERENCE_CUTOFF = reference.cutoff;

/** All of a sample's films, flagged at a cut-off. */
export function countingAt({ scores, films, filmCount }: RankedSample, cutoff: number | null): Counting {
  const column = new Float64Array(filmCount).fill(Number.NaN);
  scores.forEach((score, place) => (column[films[place]!] = score));
  const [flags = null] = flagFilms({ probabilities: [column] }, [cutoff]);
  return { flags, reported: null, normal: null };
}

export type Compared = {
  readonly finding: string;
  readonly first: RankedSample;
  readonly second: RankedSample;
  readonly expected: ReferenceFinding;
};

/** The findings that have positive films, by both models, with what the other tools say. */
export function comparedFindings(): Compared[] {
  const [set, other] = [readFixture(), readFixture('other-predictions')];
  const [first, second] = [rankFilms(set), rankFilms(other)];
  return set.findings.flatMap((finding, index) => {
    const expected = reference.findings[finding];
    if (expected === undefined || expected.positives === 0) return [];
    return [{ finding, first: first.samples[index]!, second: second.samples[index]!, expected }];
  });
}
