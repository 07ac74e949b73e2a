/** Studies, films and tasks as main would send them; a test names only what it is about. */
import { NO_FACTS } from '#main/contract/film';
import type { FilmId, PredictionId, StudyId, TaskId, ModelId } from '#main/contract/ids';
import type { FindingScore, FilmView, PredictionView, StudyRow } from '#main/contract/study';
import type { Task } from '#main/contract/task';

export function makeRow(number: number, changes: Partial<StudyRow> = {}): StudyRow {
  return {
    id: String(number) as StudyId,
    patientId: `P${number}`,
    patientName: `NAME^${number}`,
    patientBirthDate: '',
    patientSex: '',
    patientAgeYears: null,
    patientConflict: false,
    studyDateTime: '',
    importedAt: '2026-01-01T00:00:00Z',
    description: '',
    accessionNumber: '',
    views: 'PA',
    filmCount: 1,
    firstFilmId: String(number) as FilmId,
    status: 'ok',
    statusReason: '',
    leadingFinding: null,
    leadingProbability: null,
    priority: 0,
    priorityReason: 'no flag',
    openedAt: null,
    reviewedAt: null,
    ...changes,
  };
}

/** A 4×2 film of 12 bits in the range 0…4095. */
export function makeFilm(id: string, changes: Partial<FilmView> & { readonly view?: string } = {}): FilmView {
  const { view = 'PA', ...rest } = changes;
  return {
    id: id as FilmId,
    studyId: '1' as StudyId,
    fileName: `${id}.dcm`,
    originalPresent: true,
    facts: { ...NO_FACTS, view },
    geometry: {
      rows: 2,
      columns: 4,
      pixelSpacingMm: null,
      spacingOrigin: null,
      pixelAspect: 1,
      turn: { quarterTurns: 0, mirrored: false },
    },
    grey: {
      sample: 'uint16',
      bitsStored: 12,
      rescale: { slope: 1, intercept: 0 },
      modalityTable: null,
      presets: [{ kind: 'window', shape: 'LINEAR', center: 2048, width: 4096, label: 'NORMAL', origin: 'file' }],
      inverted: false,
      padding: null,
      minimum: 0,
      maximum: 4095,
    },
    encoding: {
      format: 'dicom',
      transferSyntax: '1.2.840.10008.1.2.1',
      frames: 1,
      bitsAllocated: 16,
      bitsStored: 12,
      highBit: 11,
      pixelRepresentation: 0,
      photometricInterpretation: 'MONOCHROME2',
      samplesPerPixel: 1,
    },
    warnings: [],
    status: 'waiting',
    problem: null,
    prediction: null,
    review: { reader: 'reader', answers: {}, at: null, done: false },
    ...rest,
  };
}

export function makeScore(finding: string, probability: number, cutoff: number | null): FindingScore {
  const flagged = cutoff !== null && probability >= cutoff;
  return { finding, probability, cutoff, measured: true, view: null, flagged };
}

export function makePrediction(id: string, priority: number, scores: readonly FindingScore[] = []): PredictionView {
  return {
    id: id as PredictionId,
    scores,
    priority,
    leadingFinding: null,
    priorityReason: 'no flag',
    receipt: {
      modelId: 'demo' as ModelId,
      modelVersion: '1',
      weightsSha256: '0'.repeat(64),
      preprocessing: '',
      backend: '',
      cutoffSet: '',
      cutoffView: null,
    },
    calibrated: false,
    milliseconds: 1,
    madeAt: '',
    override: null,
  };
}

export function makeTask(id: string, changes: Partial<Task> = {}): Task {
  return {
    id: id as TaskId,
    kind: 'import',
    title: `Import ${id}`,
    state: 'running',
    progress: { done: 0, total: null, phase: 'counting', etaSeconds: null },
    counts: { ok: 0, known: 0, refused: 0, failed: 0 },
    error: null,
    cancellable: true,
    startedAt: '2026-01-01T00:00:00Z',
    endedAt: null,
    ...changes,
  };
}
