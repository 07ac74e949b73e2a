/**
 * `--smoke-film=FILE`: imports and analyses one film in the packaged application, prints one JSON line and ends.
 * The proof that a package has all it needs: codecs, engine, model, database.
 */
import { app } from 'electron';
import { AppError, toErrorBody } from '#main/contract/errors';
import { NOTICE } from '#main/contract/prediction';
import { importFilms } from '#main/workflows/importFilms';
import type { Workplace } from '#main/workflows/openWorkplace';

const OPTION = '--smoke-film=';

export function smokeFilm(argv: readonly string[]): string | null {
  return argv.find((argument) => argument.startsWith(OPTION))?.slice(OPTION.length) ?? null;
}

export async function runSmoke(workplace: Workplace, path: string): Promise<void> {
  let exitCode = 0;
  try {
    print({ ok: true, ...(await analyseOne(workplace, path)), notice: NOTICE });
  } catch (error) {
    print({ ok: false, error: toErrorBody(error) });
    exitCode = 1;
  }
  await workplace.close();
  app.exit(exitCode);
}

async function analyseOne(workplace: Workplace, path: string): Promise<Record<string, unknown>> {
  const quiet = { total: () => undefined, phase: () => undefined, done: () => undefined, finished: () => undefined };
  await importFilms(workplace, await workplace.reader(), [path], { ...quiet, signal: new AbortController().signal });
  const { contentSha256 } = await workplace.decoder.digest({ path, entry: null }, null);
  const stored = await workplace.database.findFilmByContent({ contentSha256 });
  if (stored === null) throw new AppError('file/unreadable', 'The film could not be imported.');
  const { prediction, problem } = await workplace.database.getFilm({ filmId: stored.filmId });
  if (prediction === null) throw new AppError(problem?.code ?? 'engine/unavailable', 'The film has no prediction.');
  return {
    leading: prediction.leadingFinding,
    probabilities: Object.fromEntries(prediction.scores.map(({ finding, probability }) => [finding, probability])),
    receipt: prediction.receipt,
  };
}

function print(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
