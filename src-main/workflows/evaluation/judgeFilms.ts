/** A folder of films judged by one model, for whoever wants to know what its numbers are worth. Nothing is stored. */
import type { FindingCutoff } from '#main/contract/cutoffs';
import { AppError } from '#main/contract/errors';
import type { FilmFacts } from '#main/contract/film';
import type { Priority } from '#main/contract/priority';
import { joinLabels, type FilmNames } from '#main/chexnet/dataset/joinLabels';
import type { LabelRow, LabelTable } from '#main/chexnet/dataset/labelTable';
import type { FilmReader } from '../analyseFilm';
import type { FoundFile } from '../collectFiles';
import { refuseView } from '../dataset/refuseByTable';
import type { Workbench } from '../openWorkbench';
import { triageFolder } from '../triageFolder';

export type ScoredFile = {
  readonly file: string;
  readonly source: FoundFile['source'];
  readonly names: FilmNames;
  readonly facts: FilmFacts;
  readonly contentSha256: string;
  /** [n], in the order of the model's findings. */
  readonly probabilities: Float32Array;
  /** Those that it is read by; parallel to the probabilities. */
  readonly cutoffs: readonly FindingCutoff[];
  readonly priority: Priority;
};

export type JudgedFilms = {
  readonly reader: FilmReader;
  readonly backend: string;
  /** In the order of their names. */
  readonly films: readonly ScoredFile[];
  /** Files that got no numbers, by code: refused, or not to be read. */
  readonly leftOut: Readonly<Record<string, number>>;
};

export type JudgeOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Files so far. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Films that it calls laterals are left out: a picture has no header to say so. */
  readonly labels?: LabelTable | null;
};

/** Copies of a film that was met already are left out. Throws `file/not-found` where no film could be judged. */
export async function judgeFilms(
  bench: Pick<Workbench, 'decoder' | 'reader' | 'jobs'>,
  modelId: string | undefined,
  paths: readonly string[],
  { signal, onProgress, labels = null }: JudgeOptions = {},
): Promise<JudgedFilms> {
  const reader = await bench.reader(modelId);
  const byContent = new Map<string, ScoredFile>();
  const leftOut: Record<string, number> = {};
  const backends = new Set<string>();
  let done = 0;
  const options = { jobs: bench.jobs, maps: false, inOrder: true, ...(signal === undefined ? {} : { signal }) };
  for await (const { found, film, judged, problem } of triageFolder(bench.decoder, reader, paths, options)) {
    onProgress?.((done += 1));
    if (film === null || judged === null || byContent.has(film.contentSha256)) {
      const reason = problem?.code ?? 'film/duplicate';
      leftOut[reason] = (leftOut[reason] ?? 0) + 1;
      continue;
    }
    const { facts, contentSha256 } = film;
    const { instanceUid, studyUid, accessionNumber } = facts;
    const names = { file: found.file, instanceUid, studyUid, accessionNumber };
    const { file, source } = found;
    const { priority, prediction, cutoffs } = judged;
    const { probabilities, receipt } = prediction;
    byContent.set(contentSha256, { file, source, names, facts, contentSha256, probabilities, cutoffs, priority });
    backends.add(receipt.backend);
  }
  const films = [...byContent.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  if (films.length === 0) {
    const reasons = Object.entries(leftOut).map(([code, files]) => `${files} ${code}`);
    throw new AppError(
      'file/not-found',
      `No film in ${paths.join(', ')} could be judged: ${reasons.join(', ') || 'there are none'}.`,
    );
  }
  return { reader, backend: [...backends].join('; '), films: withoutLaterals(films, labels, leftOut), leftOut };
}

/** What the table says of each film; null where it is silent. */
export function rowsOf(films: readonly ScoredFile[], table: LabelTable): readonly (LabelRow | null)[] {
  const names = films.map((film) => film.names);
  return joinLabels(table, names).rows;
}

/** Notes in `leftOut` what it leaves out. */
function withoutLaterals(
  films: readonly ScoredFile[],
  labels: LabelTable | null,
  leftOut: Record<string, number>,
): readonly ScoredFile[] {
  if (labels === null) return films;
  const rows = rowsOf(films, labels);
  return films.filter((_film, place) => {
    const refusal = refuseView(rows[place]?.view ?? null);
    if (refusal !== null) leftOut[refusal.code] = (leftOut[refusal.code] ?? 0) + 1;
    return refusal === null;
  });
}
