/** `hilum watch DIR`: films that come into a folder go into the worklist, judged, until somebody stops it. */
import { stat } from 'node:fs/promises';
import { findingLabel } from '#main/contract/findings';
import { AppError } from '#main/contract/errors';
import { printedProbability } from '#main/contract/priority';
import { NOTICE } from '#main/contract/prediction';
import type { FilmView } from '#main/contract/study';
import type { ImportedFile } from '#main/workflows/importFilms';
import type { Workplace } from '#main/workflows/openWorkplace';
import { watchFolder } from '#main/workflows/watchFolder';
import type { Composition } from '../composition';
import { plainText } from '../terminal';

export type WatchCommandOptions = { readonly model?: string; readonly json?: boolean };

/** What is told of each file; films that are known already are told too, so that nothing seems lost. */
type WatchedFile = {
  readonly file: string;
  /** `waiting`: it is kept, and will be judged when there is an engine. */
  readonly status: string;
  /** Whether these bytes were in the worklist before. */
  readonly known: boolean;
  readonly code: string;
  readonly reason: string;
  readonly patientId: string;
  readonly accessionNumber: string;
  readonly studyUid: string;
  readonly probabilities: Readonly<Record<string, number>> | null;
  readonly priority: number | null;
  readonly leadingFinding: string | null;
  readonly warnings: readonly string[];
  readonly receipt: object | null;
  readonly notice: string;
};

export async function watch(
  { terminal, openPlace, signal }: Composition,
  folder: string,
  { model, json }: WatchCommandOptions,
): Promise<never> {
  const isFolder = await stat(folder).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new AppError('usage/invalid', `${folder} is no folder.`);
  const place = await openPlace();
  const reader = await place.reader(model);
  place.engine();
  terminal.say(`Watching ${plainText(folder)}. Ctrl-C ends it.\n`);
  // One after the other, in the order of their ends.
  let told: Promise<void> = Promise.resolve();
  async function tell(imported: ImportedFile): Promise<void> {
    const file = await describe(place, imported);
    terminal.print(json === true ? `${JSON.stringify(file)}\n` : lineOf(file));
  }
  try {
    return await watchFolder(place, reader, folder, {
      signal,
      onFile: (imported) => {
        told = told.then(() => tell(imported));
      },
    });
  } finally {
    await told;
  }
}

async function describe({ database }: Workplace, { found, end, filmId, problem }: ImportedFile): Promise<WatchedFile> {
  const film = filmId === null ? null : await database.getFilm({ filmId });
  const known = end === 'known';
  if (film !== null) return { file: found.file, known, ...describeFilm(film) };
  return {
    ...{ file: found.file, known, status: 'failed', code: problem?.code ?? '', reason: problem?.message ?? '' },
    ...{ patientId: '', accessionNumber: '', studyUid: '', warnings: [], ...NO_NUMBERS, notice: NOTICE },
  };
}

const NO_NUMBERS = { probabilities: null, priority: null, leadingFinding: null, receipt: null } as const;

function describeFilm({ facts, status, problem, prediction, warnings }: FilmView): Omit<WatchedFile, 'file' | 'known'> {
  const { patientId, accessionNumber, studyUid } = facts;
  const scores = prediction?.scores.map(
    ({ finding, probability }) => [finding, Number(printedProbability(probability))] as const,
  );
  return {
    ...{ status, code: problem?.code ?? '', reason: problem?.message ?? '', patientId, accessionNumber, studyUid },
    probabilities: scores === undefined ? null : Object.fromEntries(scores),
    priority: prediction === null ? null : Number(prediction.priority.toFixed(6)),
    leadingFinding: prediction?.leadingFinding ?? null,
    warnings: warnings.map(({ code }) => code),
    receipt: prediction?.receipt ?? null,
    notice: NOTICE,
  };
}

function lineOf({ file, status, known, code, reason, priority, leadingFinding }: WatchedFile): string {
  const flagged = leadingFinding === null ? 'no flag' : findingLabel(leadingFinding);
  const verdict = priority === null ? '' : `priority ${priority.toFixed(2)}, ${flagged}`;
  const why = code === '' ? verdict : `${reason} [${code}]`;
  return `${[plainText(file), `${status.replace('_', ' ')}${known ? ' (known)' : ''}`, plainText(why)].join('  ').trimEnd()}\n`;
}
