/** What of a folder and its table does not come together, and what was decided about doubtful labels: for the plan. */
import { relative } from 'node:path';
import type { DataGaps } from '#main/contract/training';
import { countFindings } from '#main/chexnet/dataset/countFindings';
import { inLines, MOST_NAMED, nameSome, type LabelTable, type UncertainPolicy } from '#main/chexnet/dataset/labelTable';
import { groupLeftOut, type Dataset } from '../dataset/openDataset';

/** Files are named from `images` on. */
export function describeGaps(
  dataset: Dataset,
  { joinBy }: LabelTable,
  { images, uncertain: policy }: { readonly images: string; readonly uncertain: UncertainPolicy },
): DataGaps {
  const nameOf = (file: string): string => relative(images, file) || file;
  const { rows, films, findings, leftOut, linesWithoutFilm, filesWithoutRow, nearPairs } = dataset;
  const uncertain = countFindings(rows, findings).filter((count) => count.uncertain > 0);
  return {
    joinBy,
    rowsWithoutFilm: { count: linesWithoutFilm.length, lines: linesWithoutFilm.slice(0, MOST_NAMED) },
    filesWithoutRow: { count: filesWithoutRow.length, files: filesWithoutRow.slice(0, MOST_NAMED).map(nameOf) },
    leftOut: [...groupLeftOut(leftOut)].map(([code, of]) => ({
      ...{ code, count: of.length },
      films: of.slice(0, MOST_NAMED).map(({ file, reason }) => ({ file: nameOf(file), reason })),
    })),
    nearIdentical: {
      count: nearPairs.length,
      pairs: nearPairs
        .slice(0, MOST_NAMED)
        .map(({ one, other }) => [nameOf(films[one]!.file), nameOf(films[other]!.file)] as const),
    },
    uncertain: { policy, labels: Object.fromEntries(uncertain.map((count) => [count.finding, count.uncertain])) },
  };
}

const TAKEN_FOR: Readonly<Record<UncertainPolicy, string>> = {
  ignore: 'unknown',
  positive: 'present',
  negative: 'absent',
};

/** A sentence about each of them that there is. */
export function gapSentences({
  rowsWithoutFilm,
  filesWithoutRow,
  leftOut,
  nearIdentical,
  uncertain,
}: DataGaps): string[] {
  const { lines } = rowsWithoutFilm;
  const pairs = nearIdentical.pairs.map(([one, other]) => `${one} and ${other}`);
  const labels = Object.entries(uncertain.labels).map(([finding, count]) => `${finding} ${count}`);
  return [
    told(rowsWithoutFilm.count, 'Rows of the table without a film', inLines(lines, rowsWithoutFilm.count)),
    told(filesWithoutRow.count, 'Files without a row', nameSome(filesWithoutRow.files, filesWithoutRow.count)),
    ...leftOut.map(({ code, count, films }) => {
      const names = films.map(({ file }) => file);
      return `${told(count, `Files left out (${code})`, nameSome(names, count))} ${films[0]!.reason}`;
    }),
    told(
      nearIdentical.count,
      'Pairs of nearly the same picture, kept off two sides',
      nameSome(pairs, nearIdentical.count),
    ),
    labels.length === 0 ? '' : `Uncertain labels (-1), taken for ${TAKEN_FOR[uncertain.policy]}: ${labels.join(', ')}.`,
  ].filter((sentence) => sentence !== '');
}

/** `Files without a row: 2, a.png and b.png.` */
function told(count: number, what: string, which: string): string {
  return count === 0 ? '' : `${what}: ${count}, ${which}.`;
}
