/** On a table of probabilities: no engine is needed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Acceptance } from '#main/contract/acceptance';
import { CUTOFF_VIEWS, cutoffOf } from '#main/contract/cutoffs';
import { NOTICE } from '#main/contract/prediction';
import { calibrate } from '#main/chexnet/evaluation/calibrate';
import { createModelRegistry, type ModelRegistry } from '#main/database/modelRegistry';
import { calibrateModel, undoCalibration } from '#main/workflows/calibrateModel';
import { fixtureFile, readFixture } from '#test/src-main/chexnet/evaluation/readFixture';
import { ROOT } from '../../../scripts/bundle.mjs';

let home: string;
let models: ModelRegistry;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hilum-calibrate-'));
  models = createModelRegistry({ home, resources: join(ROOT, 'resources') });
});

afterAll(() => rm(home, { recursive: true, force: true }));

/** What was accepted, with cut-offs of AP films. */
async function accept(): Promise<void> {
  const { id, version, weights } = await models.get('demo');
  const beside = { otherAuroc: null, difference: null, differenceLow: null, differenceHigh: null, p: null };
  const figures = { n: 100, positives: 20, auroc: 0.8, aurocLow: 0.7, aurocHigh: 0.9, cutoff: 0.25, ...beside };
  const own = { films: 60, patients: 50, normals: 40, positives: { Effusion: 12, Hernia: 11 } };
  const acceptance: Acceptance = {
    ...{ schema: 1, notice: NOTICE, backend: 'wasm', preprocessing: '', measuredAt: '2026-01-02T03:04:05Z' },
    model: { id, version, weightsSha256: weights.sha256 },
    ...{ comparedWith: null, data: 'spring', films: 100, patients: 90, normals: 60, budget: 0.15, flaggedShare: 0.15 },
    ...{
      filmsWithoutPatient: 0,
      galleries: {},
      rule: 'ours',
      findings: { Effusion: figures, Hernia: figures },
      changed: [],
      warnings: [],
    },
    views: [
      {
        ...{ view: 'AP', ...own, cutoffs: { Effusion: 0.4, Hernia: 0.3 }, reason: null },
        ...{ flaggedByCommon: 0.2, flaggedShare: 0.15 },
      },
    ],
    signed: { by: 'Dr Lang', reason: 'tested', at: '2026-01-03T00:00:00Z' },
  };
  await models.noteAcceptance(acceptance);
}

it('cut-offs of views go with the probabilities, and come back when the calibration is taken back', async () => {
  await accept();
  const before = await models.get('demo');
  const { findings, films, labels, patients } = readFixture();
  const cells = (place: number): number[] => labels.map((column) => column[place]!);
  const rows = films.map(({ key }, place) => [key, `site-${patients[place]}`, ...cells(place)].join());
  const table = join(home, 'labels.csv');
  await writeFile(table, `${['file', 'patient_id', ...findings].join()}\n${rows.join('\n')}\n`);
  const bench = { models } as unknown as Parameters<typeof calibrateModel>[0];
  await calibrateModel(bench, {
    ...{ modelId: 'demo', predictions: fixtureFile('predictions.csv.gz'), images: null, labels: table },
    ...{ method: 'platt', data: 'Site', count: 100, seed: 1 },
  });

  const after = await models.get('demo');
  const own = after.calibration!.findings;
  expect(own['Hernia']).toBeUndefined();
  for (const view of [null, ...CUTOFF_VIEWS]) {
    for (const finding of ['Effusion', 'Hernia']) {
      const was = cutoffOf(before.cutoffs!, finding, view);
      const is = cutoffOf(after.cutoffs!, finding, view);
      const becomes = own[finding] === undefined ? was.cutoff! : calibrate(own[finding], was.cutoff!);
      expect(is.view).toBe(was.view);
      expect(is.cutoff).toBeCloseTo(becomes, 6);
    }
  }
  expect(cutoffOf(after.cutoffs!, 'Effusion', 'AP').cutoff).not.toBe(0.4);
  expect(after.cutoffs!.byView!.AP!.chosenOn).toEqual(before.cutoffs!.byView!.AP!.chosenOn);

  await undoCalibration({ models }, 'demo');
  expect(await models.get('demo')).toEqual(before);
});
