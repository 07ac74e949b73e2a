/** A report of a judged film, for tests to change. */
import { NIH_FINDINGS } from '#main/contract/findings';
import { NOTICE } from '#main/contract/prediction';
import type { FilmReport } from '#main/workflows/filmReport';

export function makeReport(changes: Partial<FilmReport> = {}): FilmReport {
  return {
    file: 'films/a.dcm',
    status: 'ok',
    code: '',
    reason: '',
    film: {
      patientId: 'P1',
      accessionNumber: 'A1',
      studyUid: '1.2.3',
      instanceUid: '1.2.3.4',
      studyDateTime: '2026-11-23T05:44:36',
      view: 'PA',
      ageYears: 63,
      sex: 'F',
      station: 'ROOM 2',
      manufacturerModel: 'DX-9',
      modality: 'DX',
      bodyPart: 'CHEST',
      format: 'dicom',
      transferSyntax: '1.2.840.10008.1.2.1',
      rows: 2500,
      columns: 2000,
    },
    probabilities: Object.fromEntries(NIH_FINDINGS.map((finding, index) => [finding, index / 100])),
    flagged: ['Edema'],
    cutoffs: { view: null, values: { Edema: 0.05, Hernia: null }, common: [] },
    priority: 2.25,
    priorityReason: 'Edema at or above its cut-off',
    leadingFinding: 'Edema',
    warnings: [
      { code: 'lossy', message: 'Lossy compression.' },
      { code: 'age-unknown', message: 'The age is unknown.' },
    ],
    override: '',
    model: {
      id: 'demo',
      version: '1',
      weightsSha256: 'ab'.repeat(32),
      cutoffSet: '95 % specificity',
      calibrated: false,
      preprocessing: 'as the card says',
    },
    backend: 'wasm 4.22.0, 2 threads, SIMD',
    milliseconds: 151.2,
    fileSha256: 'cd'.repeat(32),
    notice: NOTICE,
    ...changes,
  };
}

/** A report of a file without numbers. */
export function makeProblem(status: 'not_scored' | 'refused' | 'failed', changes: Partial<FilmReport>): FilmReport {
  const none = {
    probabilities: null,
    flagged: [],
    cutoffs: null,
    priority: null,
    priorityReason: '',
    leadingFinding: null,
  };
  return makeReport({ ...none, status, backend: '', milliseconds: null, ...changes });
}
