/** Films, and what is said of them, as decoding and the engine hand them on: for the tests of the database. */
import { createHash } from 'node:crypto';
import { NO_FACTS, type DecodedFilm, type FilmFacts } from '#main/contract/film';
import type { FilmId, ModelId } from '#main/contract/ids';
import { DEFAULT_URGENCY_TIERS } from '#main/contract/findings';
import { priorityOf } from '#main/contract/priority';
import type { FilmOrigin, PredictionToStore } from '#main/database/databaseApi';

/** `name` makes the bytes: another name is another film. */
export function makeFilm(
  name: string,
  facts: Partial<FilmFacts> = {},
  changes: Partial<DecodedFilm> = {},
): DecodedFilm {
  const contentSha256 = createHash('sha256').update(name).digest('hex');
  return {
    contentSha256,
    byteLength: 1000,
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
    geometry: {
      rows: 20,
      columns: 30,
      pixelSpacingMm: [0.14, 0.14],
      spacingOrigin: 'detector',
      pixelAspect: 1,
      turn: { quarterTurns: 0, mirrored: false },
    },
    grey: {
      sample: 'uint16',
      bitsStored: 12,
      rescale: { slope: 1, intercept: 0 },
      modalityTable: null,
      presets: [{ kind: 'window', shape: 'LINEAR', center: 2048, width: 4096, label: '', origin: 'file' }],
      inverted: false,
      padding: null,
      minimum: 0,
      maximum: 4095,
    },
    facts: { ...NO_FACTS, ...facts },
    warnings: [],
    refusal: null,
    pixelsMd5: null,
    // Of its own, as different films have.
    fingerprint: contentSha256.slice(0, 16),
    ...changes,
  };
}

/** A film of a study with a patient: `study` names the study and, but for `facts`, its patient. */
export function makeStudyFilm(study: string, name = study, facts: Partial<FilmFacts> = {}): DecodedFilm {
  return makeFilm(name, {
    patientId: `ID ${study}`,
    patientName: `Name^${study}`,
    patientBirthDate: '1950-01-02',
    patientSex: 'F',
    studyUid: `1.2.${study}`,
    seriesUid: `1.2.${study}.1`,
    instanceUid: `1.2.${study}.1.${name}`,
    studyDateTime: '2024-05-06T07:08:09',
    view: 'PA',
    ...facts,
  });
}

export function originOf(path: string, entry: string | null = null): FilmOrigin {
  return { path, entry, kept: 'reference' };
}

const CUTOFFS = [
  { finding: 'Effusion', cutoff: 0.3, measured: true, view: null },
  { finding: 'Pneumothorax', cutoff: 0.2, measured: true, view: null },
  { finding: 'Hernia', cutoff: null, measured: false, view: null },
];

/** `probabilities` of effusion, pneumothorax, hernia. */
export function makePrediction(
  filmId: FilmId,
  probabilities: readonly [number, number, number],
  changes: Partial<PredictionToStore> = {},
): PredictionToStore {
  return {
    filmId,
    prediction: {
      findings: CUTOFFS.map(({ finding }) => finding),
      probabilities: Float32Array.from(probabilities),
      maps: Float32Array.from({ length: 3 * 49 }, (_, index) => index / 7 - 5),
      receipt: {
        modelId: 'demo' as ModelId,
        modelVersion: '1',
        weightsSha256: 'ab'.repeat(32),
        preprocessing: 'grey, 224, pillow-bilinear',
        backend: 'wasm 4.22.0',
        cutoffSet: 'youden',
        cutoffView: null,
      },
      milliseconds: 123.5,
    },
    cutoffs: CUTOFFS,
    calibrated: false,
    priority: priorityOf(probabilities, CUTOFFS, DEFAULT_URGENCY_TIERS),
    override: null,
    ...changes,
  };
}
