/**
 * Folders, files and archives → one reading per file, in the order in which they are done. Decoding and the network
 * work at the same time; how many films are in hand is bounded, whatever the size of the folder.
 */
import type { DecodePool } from '#main/decoding/host/decodePool';
import type { FilmReader, Override } from './analyseFilm';
import { collectFiles, type FoundFile } from './collectFiles';
import type { FilmReport } from './filmReport';
import { mapConcurrently } from './mapConcurrently';
import { readFilm, reportedModel, type FilmReading } from './readFilm';

export type TriageOptions = {
  /** Decode processes at work. */
  readonly jobs: number;
  readonly maps: boolean;
  /** Reports of an earlier run by file: taken over where the file's bytes, and the model, are the same. Not with `override`. */
  readonly known?: ReadonlyMap<string, FilmReport> | null;
  /** Files that get no row: what this very triage writes. */
  readonly leaveOut?: readonly string[];
  /** Keeps the order of the files instead of that of the ends. */
  readonly inOrder?: boolean;
  /** Refusals of that code do not count. */
  readonly override?: Override | null;
  readonly signal?: AbortSignal;
};

export type TriagedFile = FilmReading & { readonly resumed: boolean };

/** Films beyond those being decoded: they lie ready for the network, so that it never waits. */
const READY_FOR_NETWORK = 8;

export function triageFolder(
  decoder: DecodePool,
  reader: FilmReader,
  paths: readonly string[],
  { jobs, maps, known, leaveOut = [], inOrder = false, override = null, signal }: TriageOptions,
): AsyncGenerator<TriagedFile> {
  const files = collectFiles(paths, (path) => decoder.listArchive(path, signal), signal, leaveOut);
  return mapConcurrently(
    files,
    jobs + READY_FOR_NETWORK,
    async (found) => {
      // Somebody answers for a film that may have been refused then.
      const earlier = override === null ? known?.get(found.file) : undefined;
      if (earlier !== undefined && (await stillHolds(earlier, found, decoder, reader))) {
        return { found, report: earlier, problem: null, film: null, judged: null, resumed: true };
      }
      return { ...(await readFilm(decoder, reader, found, { maps, override, signal })), resumed: false };
    },
    { inOrder },
  );
}

async function stillHolds(
  earlier: FilmReport,
  found: FoundFile,
  decoder: DecodePool,
  reader: FilmReader,
): Promise<boolean> {
  const { weightsSha256, cutoffSet } = reportedModel(reader);
  if (earlier.model.weightsSha256 !== weightsSha256 || earlier.model.cutoffSet !== cutoffSet) return false;
  if (found.problem !== null || earlier.fileSha256 === '') return false;
  try {
    return (await decoder.digest(found.source)).contentSha256 === earlier.fileSha256;
  } catch {
    return false;
  }
}
