/** `hilum models commission`: the acceptance test of a model on the site's own films. */
import { basename, resolve } from 'node:path';
import type { Acceptance, AcceptedFinding, AcceptedView, ChangedFlags } from '#main/contract/acceptance';
import type { GalleryFilm } from '#main/contract/evaluation';
import { describeFilms } from '#main/contract/knownPatients';
import { commissionModel } from '#main/workflows/commissionModel';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';
import { plainText } from '../terminal';
import { interval, textTable, three, type TextColumn } from '../textTable';

export type CommissionCommandOptions = {
  readonly images: readonly string[];
  readonly labels?: string;
  readonly budget: number;
  readonly byView: boolean;
  readonly data?: string;
  readonly json?: boolean;
};

export async function commission(
  { terminal, openBench, signal }: Composition,
  id: string,
  { images, labels, budget, byView, data, json }: CommissionCommandOptions,
): Promise<ExitCode> {
  const name = data ?? basename(resolve(images[0] ?? '.'));
  const acceptance = await commissionModel(
    openBench(),
    { modelId: id, images, labels: labels ?? null, budget, byView, data: name },
    { signal, onProgress: ({ model, done }) => terminal.status(`${model}: ${done} films …`) },
  );
  terminal.status('');
  terminal.print(json === true ? `${JSON.stringify(acceptance)}\n` : describe(acceptance));
  if (json !== true) terminal.say(`${id} reads once you sign for it: ${signCommand(id)}\n`);
  return EXIT.done;
}

function signCommand(id: string): string {
  return `hilum models activate ${id} --by NAME --reason TEXT`;
}

function describe(acceptance: Acceptance): string {
  const { model, comparedWith, data, films, normals, budget, flaggedShare } = acceptance;
  const beside = comparedWith === null ? '' : `, beside ${comparedWith.id}, which reads now`;
  const whose = normals === null ? 'films' : `${normals} normal films`;
  return [
    `${acceptance.notice}\n\n`,
    `${model.id} on ${plainText(data)}: ${describeFilms(films, acceptance)}${beside}\n\n`,
    findingsTable(acceptance),
    `\nBudget ${percent(budget)} of ${whose}: so many are to be expected of other patients. Of these films, which chose\n`,
    `the cut-offs, ${percent(flaggedShare)} are flagged.\n`,
    describeViews(acceptance),
    ...acceptance.warnings.map((warning) => `- ${plainText(warning)}\n`),
    comparedWith === null ? '' : describeChanges(acceptance.changed, films),
    describeErrors(acceptance),
  ].join('');
}

const VIEW_COLUMNS: readonly TextColumn<AcceptedView>[] = [
  { heading: 'view', cell: ({ view }) => view },
  { heading: 'films', cell: ({ films }) => String(films), align: 'right' },
  { heading: 'normal', cell: ({ normals }) => String(normals), align: 'right' },
  {
    heading: 'flagged by common cut-offs',
    cell: ({ flaggedByCommon }) => shareOrNone(flaggedByCommon),
    align: 'right',
  },
  {
    heading: 'by its own',
    cell: (row) => (row.reason === null ? shareOrNone(row.flaggedShare) : 'none'),
    align: 'right',
  },
];

/** Where no view has its own, the warnings say why, and how both fare is worth a look all the same. */
function describeViews({ views = [] }: Acceptance): string {
  return views.length === 0
    ? ''
    : `\nShare of the normal films of either view that is flagged:\n${textTable(VIEW_COLUMNS, views)}\n`;
}

function shareOrNone(share: number | null): string {
  return share === null ? '' : percent(share);
}

type Row = AcceptedFinding & { readonly finding: string };

function findingsTable({ findings, comparedWith, views = [] }: Acceptance): string {
  const rows = Object.entries(findings).map(([finding, figures]): Row => ({ finding, ...figures }));
  const own = [
    { heading: 'finding', cell: ({ finding }: Row) => finding },
    { heading: 'n', cell: ({ n }: Row) => String(n), align: 'right' },
    { heading: 'n+', cell: ({ positives }: Row) => String(positives), align: 'right' },
    { heading: 'AUROC', cell: ({ auroc }: Row) => three(auroc), align: 'right' },
    { heading: '95 %', cell: ({ aurocLow, aurocHigh }: Row) => interval(aurocLow, aurocHigh) },
    { heading: 'cut-off', cell: ({ cutoff }: Row) => cutoff?.toFixed(6) ?? 'none', align: 'right' },
    ...views
      .filter(({ reason }) => reason === null)
      .map(({ view, cutoffs }): TextColumn<Row> => ({
        heading: `of ${view}`,
        cell: ({ finding, cutoff }) => cutoffs[finding]?.toFixed(6) ?? (cutoff === null ? '' : 'common'),
        align: 'right',
      })),
  ] as const;
  if (comparedWith === null) return textTable<Row>(own, rows);
  return textTable<Row>(
    [
      ...own,
      { heading: comparedWith.id, cell: ({ otherAuroc }) => three(otherAuroc), align: 'right' },
      { heading: 'difference', cell: ({ difference }) => three(difference), align: 'right' },
      { heading: '95 %', cell: ({ differenceLow, differenceHigh }) => interval(differenceLow, differenceHigh) },
      { heading: 'p', cell: ({ p }) => three(p), align: 'right' },
    ],
    rows,
  );
}

/** More than a person reads: `--json` has all of them. */
const MOST_CHANGES_SHOWN = 40;

function describeChanges(changed: readonly ChangedFlags[], films: number): string {
  const heading = `\nFlags change on ${changed.length} of ${films} films${changed.length === 0 ? '.' : ':'}\n`;
  const shown = changed.slice(0, MOST_CHANGES_SHOWN);
  const table = textTable<ChangedFlags>(
    [
      { heading: 'film', cell: ({ film }) => film, widest: 60 },
      { heading: 'gains', cell: ({ gained }) => gained.join(', ') },
      { heading: 'loses', cell: ({ lost }) => lost.join(', ') },
    ],
    shown,
  );
  const rest = changed.length - shown.length;
  return `${heading}${shown.length === 0 ? '' : table}${rest === 0 ? '' : `… and ${rest} more: --json has them all\n`}`;
}

type ErrorRow = { readonly finding: string; readonly missed?: GalleryFilm; readonly alarm?: GalleryFilm };

/** The worst of each finding: `--json` and the window have twenty of each kind. */
function describeErrors({ galleries }: Acceptance): string {
  const rows = Object.entries(galleries).map(
    ([
      finding,
      {
        falseNegatives: [missed],
        falsePositives: [alarm],
      },
    ]) => {
      return { finding, ...(missed && { missed }), ...(alarm && { alarm }) };
    },
  );
  if (rows.length === 0) return '';
  const film = (what: 'missed' | 'alarm'): Pick<TextColumn<ErrorRow>, 'cell' | 'widest'> => ({
    cell: (row) => row[what]?.film ?? '',
    widest: 40,
  });
  const columns: readonly TextColumn<ErrorRow>[] = [
    { heading: 'finding', cell: ({ finding }) => finding },
    { heading: 'missed at', cell: ({ missed }) => three(missed?.probability ?? null), align: 'right' },
    { heading: 'film', ...film('missed') },
    { heading: 'false alarm at', cell: ({ alarm }) => three(alarm?.probability ?? null), align: 'right' },
    { heading: 'film', ...film('alarm') },
  ];
  return `\nWhat it is most wrong about; the window opens these films, --json has twenty of each:\n${textTable(columns, rows)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
