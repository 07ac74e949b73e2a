import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Acceptance } from '#main/contract/acceptance';
import type { ModelCard } from '#main/contract/card';
import type { EvaluationReport } from '#main/contract/evaluation';
import type { FilmReport } from '#main/workflows/filmReport';
import { filmName, writeViewFilms } from '#test/helpers/viewFilms';
import { makeFilms } from '#test/src-main/workflows/makeBench';
import { hilum, makeFolder, reportsOf, rowsOf } from './hilum';

const folder = await makeFolder();
const films = join(folder, 'films');
const labels = join(folder, 'labels.csv');

/** Films of either view: 12 with an effusion, and 38 normal ones, of which 30 % may be flagged. */
const PER_VIEW = 50;
const POSITIVES = 12;
const BUDGET = 0.3;

/** Of each film by its place. */
let probabilities: number[];
let views: ('AP' | 'PA')[];

async function triage(...args: readonly string[]): Promise<FilmReport[]> {
  const { stdout } = await hilum(folder, 'triage', ...args, '--no-store', '--json');
  return reportsOf(stdout).sort((one, other) => (one.file < other.file ? -1 : 1));
}

async function cutoffs(): Promise<NonNullable<ModelCard['cutoffs']>> {
  return (JSON.parse((await hilum(folder, 'models', 'show', 'demo', '--json')).stdout) as ModelCard).cutoffs!;
}

async function commission(...args: readonly string[]): Promise<Acceptance> {
  const of = ['--images', films, '--labels', labels, '--data', 'ward', '--budget', String(BUDGET)];
  return JSON.parse(
    (await hilum(folder, 'models', 'commission', 'demo', ...of, ...args, '--json')).stdout,
  ) as Acceptance;
}

beforeAll(async () => {
  const pictures = join(folder, 'pictures');
  await makeFilms(pictures, 2 * PER_VIEW);
  await mkdir(films);
  await writeViewFilms(pictures, films, () => 'PA');
  probabilities = (await triage(films)).map((report) => report.probabilities!['Effusion']!);
  // The films that look the clearest are those of AP: they get the lower cut-off.
  const order = [...probabilities.keys()].sort((a, b) => probabilities[a]! - probabilities[b]!);
  views = probabilities.map((_, place) => (order.indexOf(place) < PER_VIEW ? 'AP' : 'PA'));
  await writeViewFilms(pictures, films, (place) => views[place]!);
  const rows = order.map((place, rank) => {
    return `${filmName(place)},site-${place},${Number(rank % PER_VIEW >= PER_VIEW - POSITIVES)}`;
  });
  await writeFile(labels, `file,patient_id,Effusion\n${rows.join('\n')}\n`);
}, 240_000);

describe('hilum models commission', () => {
  it('gives either view cut-offs of its own, by which films are read once somebody has signed', async () => {
    const { views: found, rule, findings } = await commission();
    expect(rule).toBe('alarm budget 30 % (normal films), AP and PA apart, on ward');
    expect(
      found!.map(({ view, films: n, normals, positives, reason }) => [view, n, normals, positives, reason]),
    ).toEqual(
      (['AP', 'PA'] as const).map((view) => [view, PER_VIEW, PER_VIEW - POSITIVES, { Effusion: POSITIVES }, null]),
    );
    const [ap, pa] = found!.map((view) => view.cutoffs['Effusion']!) as [number, number];
    expect(ap).toBeLessThan(findings['Effusion']!.cutoff!);
    expect(findings['Effusion']!.cutoff).toBeLessThanOrEqual(pa);
    // With one cut-off no AP film is flagged; with its own either view keeps the budget.
    expect(found!.map(({ flaggedByCommon }) => flaggedByCommon! > BUDGET)).toEqual([false, true]);
    for (const { flaggedShare } of found!) expect(Math.abs(flaggedShare! - BUDGET)).toBeLessThan(0.05);

    const said = await hilum(folder, 'models', 'activate', 'demo', '--by', 'Dr Lang', '--reason', 'a test');
    expect(said.code).toBe(0);
    expect((await cutoffs()).byView).toMatchObject({
      AP: { values: { Effusion: ap }, chosenOn: { data: 'ward', films: PER_VIEW, positives: { Effusion: POSITIVES } } },
      PA: { values: { Effusion: pa } },
    });
    expect((await hilum(folder, 'models', 'show', 'demo')).stdout).toMatch(
      new RegExp(`^ +finding +cut-off +of AP +of PA[^]*^ +Effusion +\\S+ +${ap.toFixed(6)} +${pa.toFixed(6)}`, 'm'),
    );
  }, 240_000);

  it('flags a film in AP and the same picture with the same probability not in PA', async () => {
    const { values, byView } = await cutoffs();
    const [ap, pa] = [byView!.AP!.values['Effusion']!, byView!.PA!.values['Effusion']!];
    const place = probabilities.findIndex(
      (probability) => probability >= ap && probability < Math.min(pa, values['Effusion']!),
    );
    const twice = join(folder, 'twice');
    const pictures = join(folder, 'one-picture');
    await Promise.all([mkdir(twice), mkdir(pictures)]);
    const picture = await readFile(join(folder, 'pictures', `${String(place).padStart(2, '0')}.png`));
    for (const name of ['0.png', '1.png', '2.png']) await writeFile(join(pictures, name), picture);
    await writeViewFilms(pictures, twice, (film) => ['AP', 'PA', ''][film]!);
    const csv = join(folder, 'twice.csv');
    const reports = await triage(twice, '--out', csv);
    expect(new Set(reports.map((report) => report.probabilities!['Effusion']))).toEqual(
      new Set([probabilities[place]]),
    );
    expect(
      reports.map(({ film, flagged, cutoffs: own }) => [film!.view, flagged, own!.view, own!.values['Effusion']]),
    ).toEqual([
      ['AP', ['Effusion'], 'AP', ap],
      ['PA', [], 'PA', pa],
      ['', [], null, values['Effusion']],
    ]);
    expect(reports[0]!.leadingFinding).toBe('Effusion');
    expect(reports[0]!.priority).toBeGreaterThan(2);
    expect(reports[1]!.priority).toBe(0);
    const set = 'alarm budget 30 % (normal films), AP and PA apart, on ward';
    const cells = new Map(
      rowsOf(await readFile(csv, 'utf8')).map((row) => [basename(row['file']!), row['cutoff_set']]),
    );
    expect([0, 1, 2].map((film) => cells.get(filmName(film)))).toEqual([
      `${set}; cut-offs of AP films`,
      `${set}; cut-offs of PA films`,
      set,
    ]);
    const { stdout } = await hilum(folder, 'analyse', join(twice, filmName(0)));
    expect(stdout).toContain('\n  cut-offs of AP films\n');
    expect(stdout).toMatch(
      new RegExp(`^ +Effusion +${probabilities[place]!.toFixed(6)} +${ap.toFixed(6)} .* flagged`, 'm'),
    );
  }, 240_000);

  it('is measured by the cut-offs that the model reads with', async () => {
    const args = ['--model', 'demo', '--images', films, '--labels', labels, '--bootstraps', '100', '--json'];
    const report = JSON.parse((await hilum(folder, 'evaluate', ...args)).stdout) as EvaluationReport;
    const { byView } = await cutoffs();
    for (const { view, n, reason, findings } of report.views) {
      const cutoff = byView![view]!.values['Effusion']!;
      const flagged = probabilities.filter((probability, place) => views[place] === view && probability >= cutoff);
      const { sensitivity, specificity, own, positives } = findings['Effusion']!;
      expect({ n, reason, own, positives, cutoff: findings['Effusion']!.cutoff }).toEqual({
        ...{ n: PER_VIEW, reason: null, own: true, positives: POSITIVES, cutoff },
      });
      expect(sensitivity! * POSITIVES + (1 - specificity!) * (PER_VIEW - POSITIVES)).toBeCloseTo(flagged.length, 9);
    }
    const refused = await hilum(folder, 'evaluate', ...args, '--by-view');
    expect({ code: refused.code, said: refused.stderr.includes('--by-view wants a --rule') }).toEqual({
      ...{ code: 2, said: true },
    });
  }, 240_000);

  it('gives one cut-off to all where that is asked for', async () => {
    const { views: found, rule } = await commission('--no-by-view');
    expect({ found, rule }).toEqual({ found: [], rule: 'alarm budget 30 % (normal films) on ward' });
    await hilum(folder, 'models', 'activate', 'demo', '--by', 'Dr Lang', '--reason', 'a test');
    expect((await cutoffs()).byView).toBeUndefined();
  }, 240_000);
});
