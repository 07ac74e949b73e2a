/** A comparison of two models as a table: a row per film, in pairs what each of them says. */
import type { ComparedFilm, ModelsComparison, Pair } from '#main/contract/comparison';
import { printedProbability } from '#main/contract/priority';
import { csvCell } from './triageTable';

type Column = { readonly name: string; readonly cell: (film: ComparedFilm) => string | number };

/** Every table of ours begins with these: only those are written over. */
const LEADING: readonly Column[] = [
  { name: 'file', cell: ({ film }) => film },
  { name: 'file_sha256', cell: ({ contentSha256 }) => contentSha256 },
  ...inPair('priority', ({ priority }) => numbers(priority)),
  { name: 'priority_difference', cell: ({ priority }) => difference(priority) },
  ...inPair('leading_finding', ({ leadingFinding: [first, second] }) => [first ?? '', second ?? '']),
  ...inPair('flags', ({ flagged }) => words(flagged)),
  ...inPair('flags_alone', ({ flaggedByOne }) => words(flaggedByOne)),
  { name: 'largest_difference', cell: ({ largestDifference }) => largestDifference.toFixed(6) },
];

export const COMPARISON_START = LEADING.map(({ name }) => name).join(',');

/** RFC 4180, lines end with LF. */
export function comparisonCsv({ models, films, findings, notice }: ModelsComparison): string {
  const columns: readonly Column[] = [
    ...LEADING,
    ...Object.keys(findings).flatMap(findingColumns),
    ...inPair('model', () => [models[0].id, models[1].id]),
    ...inPair('weights_sha256', () => [models[0].weightsSha256, models[1].weightsSha256]),
    { name: 'notice', cell: () => notice },
  ];
  const lines = films.map((film) => columns.map(({ cell }) => csvCell(cell(film))).join(','));
  return [columns.map(({ name }) => name).join(','), ...lines, ''].join('\n');
}

function findingColumns(finding: string): Column[] {
  const of = ({ probabilities }: ComparedFilm): Pair<number> => probabilities[finding]!;
  return [
    ...inPair(finding, (film) => numbers(of(film))),
    { name: `${finding}_difference`, cell: (film) => difference(of(film)) },
  ];
}

function inPair(name: string, cells: (film: ComparedFilm) => Pair<string>): Column[] {
  return [
    { name: `${name}_first`, cell: (film) => cells(film)[0] },
    { name: `${name}_second`, cell: (film) => cells(film)[1] },
  ];
}

function numbers([first, second]: Pair<number>): Pair<string> {
  return [printedProbability(first), printedProbability(second)];
}

function words([first, second]: Pair<readonly string[]>): Pair<string> {
  return [first.join(' '), second.join(' ')];
}

/** As a number: a text that begins with a minus would be guarded as a formula. */
function difference([first, second]: Pair<number>): number {
  return Number((first - second).toFixed(6));
}
