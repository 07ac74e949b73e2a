/** `hilum models compare`: two models on the same films, side by side. */
import type { ComparedFilm, ComparedFinding, ModelsComparison } from '#main/contract/comparison';
import { findingLabel } from '#main/contract/findings';
import { describeFilms } from '#main/contract/knownPatients';
import { compareOnFilms } from '#main/workflows/compareOnFilms';
import { COMPARISON_START, comparisonCsv } from '#main/workflows/comparisonCsv';
import { writeAtomically } from '#main/workflows/triageJournal';
import { beginningWith, checkOutput } from '../checkOutput';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';
import { plainText } from '../terminal';
import { interval, textTable, three, type TextColumn } from '../textTable';

export type CompareCommandOptions = {
  readonly images: readonly string[];
  readonly labels?: string;
  readonly out?: string;
  readonly json?: boolean;
};

export async function compare(
  { terminal, openBench, signal }: Composition,
  modelIds: readonly [string, string],
  { images, labels, out, json }: CompareCommandOptions,
): Promise<ExitCode> {
  if (out !== undefined) {
    const inputs = [...images, ...(labels === undefined ? [] : [labels])];
    const replaces = beginningWith(COMPARISON_START, 'a comparison of two models');
    await checkOutput({ option: '--out', file: out, inputs, replaces });
  }
  const comparison = await compareOnFilms(
    openBench(),
    { modelIds, images, labels: labels ?? null },
    { signal, onProgress: ({ model, done }) => terminal.status(`${model}: ${done} films …`) },
  );
  terminal.status('');
  if (out !== undefined) await writeAtomically(out, comparisonCsv(comparison));
  terminal.print(json === true ? `${JSON.stringify(comparison)}\n` : describe(comparison));
  return EXIT.done;
}

function describe(comparison: ModelsComparison): string {
  const { notice, models, n, warnings } = comparison;
  const own = models.flatMap(({ id, ownFindings, ownFilms }) => [
    ownFindings.length === 0 ? '' : `- ${id} alone knows ${ownFindings.map(findingLabel).join(', ')}.\n`,
    ownFilms.length === 0
      ? ''
      : `- ${id} alone may judge ${ownFilms.length} films, as ${plainText(ownFilms[0] ?? '')}.\n`,
  ]);
  return [
    `${notice}\n\n${models[0].id} and ${models[1].id} on ${describeFilms(n, comparison)}\n\n`,
    findingsTable(comparison),
    labelledTable(comparison),
    '\n',
    ...own,
    ...warnings.map((warning) => `- ${plainText(warning)}\n`),
    changesTable(comparison),
  ].join('');
}

type Row = ComparedFinding & { readonly finding: string };
type Labelled = NonNullable<ComparedFinding['labelled']> & { readonly finding: string };

function findingsTable({ findings, models: [first, second] }: ModelsComparison): string {
  const rows = Object.entries(findings).map(([finding, figures]): Row => ({ finding, ...figures }));
  return textTable<Row>(
    [
      { heading: 'finding', cell: ({ finding }) => findingLabel(finding) },
      { heading: 'correlation', cell: ({ pearson }) => three(pearson), align: 'right' },
      { heading: 'of the order', cell: ({ spearman }) => three(spearman), align: 'right' },
      { heading: 'mean difference', cell: ({ meanDifference }) => three(meanDifference), align: 'right' },
      { heading: 'largest', cell: ({ largestDifference }) => three(largestDifference), align: 'right' },
      { heading: `flags of ${first.id}`, cell: ({ flags }) => String(flags[0]), align: 'right' },
      { heading: 'alone', cell: ({ flaggedByOne }) => String(flaggedByOne[0]), align: 'right' },
      { heading: `flags of ${second.id}`, cell: ({ flags }) => String(flags[1]), align: 'right' },
      { heading: 'alone', cell: ({ flaggedByOne }) => String(flaggedByOne[1]), align: 'right' },
    ],
    rows,
  );
}

function labelledTable({ findings, models: [first, second] }: ModelsComparison): string {
  const rows = Object.entries(findings).flatMap(([finding, { labelled }]): Labelled[] =>
    labelled === null ? [] : [{ finding, ...labelled }],
  );
  if (rows.length === 0) return '';
  const columns: readonly TextColumn<Labelled>[] = [
    { heading: 'finding', cell: ({ finding }) => findingLabel(finding) },
    { heading: 'n', cell: ({ n }) => String(n), align: 'right' },
    { heading: 'n+', cell: ({ positives }) => String(positives), align: 'right' },
    { heading: `AUROC of ${first.id}`, cell: ({ auroc }) => three(auroc), align: 'right' },
    { heading: `of ${second.id}`, cell: ({ otherAuroc }) => three(otherAuroc), align: 'right' },
    { heading: 'difference', cell: ({ difference }) => three(difference), align: 'right' },
    { heading: '95 %', cell: ({ differenceLow, differenceHigh }) => interval(differenceLow, differenceHigh) },
    { heading: 'p', cell: ({ p }) => three(p), align: 'right' },
  ];
  return `\n${textTable(columns, rows)}`;
}

/** More than a person reads: `--out` and `--json` have all of them. */
const MOST_CHANGES_SHOWN = 40;

function changesTable({ films, n, changed, models }: ModelsComparison): string {
  const heading = `\nFlags differ on ${changed} of ${n} films${changed === 0 ? '.' : ':'}\n`;
  if (changed === 0) return heading;
  const differing = films.filter(({ flaggedByOne }) => flaggedByOne.flat().length > 0);
  const shown = differing.toSorted((a, b) => b.largestDifference - a.largestDifference).slice(0, MOST_CHANGES_SHOWN);
  const alone = (own: 0 | 1): TextColumn<ComparedFilm> => ({
    heading: `flags of ${models[own].id} alone`,
    cell: ({ flaggedByOne }) => flaggedByOne[own].map(findingLabel).join(', '),
  });
  const columns: readonly TextColumn<ComparedFilm>[] = [
    { heading: 'film', cell: ({ film }) => film, widest: 60 },
    alone(0),
    alone(1),
    { heading: 'priority', cell: ({ priority }) => priority.map(three).join(' | '), align: 'right' },
  ];
  const rest = changed - shown.length;
  return `${heading}${textTable(columns, shown)}${rest === 0 ? '' : `… and ${rest} more: --out and --json have them all\n`}`;
}
