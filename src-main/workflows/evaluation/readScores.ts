/** A table of probabilities. That of a triage tells more: whose film it is, when it was taken, and what judged it. */
import { createCellReader, hasColumn, readAge, readSex, readView } from '#main/chexnet/dataset/readCell';
import { createWarningList, type LabelTable } from '#main/chexnet/dataset/labelTable';
import { readCsv } from '#main/chexnet/dataset/readCsv';
import { readPredictionTable } from '#main/chexnet/dataset/readPredictionTable';
import type { FilmAbout, ScoredTable } from '#main/chexnet/evaluation/joinScores';
import type { EvaluatedModel } from '#main/contract/evaluation';
import { inFile, readTableFile } from './readTableFile';

export type ReadScores = { readonly table: ScoredTable; readonly model: EvaluatedModel | null };

/** Throws `file/…`, `label/…`. Films are named as `labels` names them. */
export async function readScores(file: string, labels: LabelTable): Promise<ReadScores> {
  const text = await readTableFile(file);
  return inFile(file, () => readScoreTable(text, labels));
}

function readScoreTable(text: string, labels: LabelTable): ReadScores {
  const table = readPredictionTable(text, { joinBy: labels.joinBy, vocabulary: labels.findings });
  const csv = readCsv(text);
  if (!hasColumn(csv, 'weights_sha256')) return { table, model: null };
  const cell = (name: string) => createCellReader(csv, name);
  const [patient, age, sex] = [cell('patient_id'), cell('age'), cell('sex')];
  const [view, time] = [cell('view'), cell('study_datetime')];
  const about = new Map<number, FilmAbout>();
  const unread = createWarningList();
  for (const row of csv.rows) {
    about.set(row.line, {
      patientId: patient(row) || null,
      sex: readSex(sex(row), row.line, unread),
      ageYears: readAge(age(row), row.line, unread),
      view: readView(view(row)),
      takenAt: time(row) || null,
      original: null,
    });
  }
  const rows = table.rows.map((row) => ({ ...row, about: about.get(row.line)! }));
  const [id, weights, backend] = [cell('model'), cell('weights_sha256'), cell('backend')];
  const scored = csv.rows.find((row) => backend(row) !== '');
  const model: EvaluatedModel | null =
    scored === undefined
      ? null
      : {
          ...{ id: id(scored), weightsSha256: weights(scored), backend: backend(scored) },
          ...{ version: null, preprocessing: null },
        };
  return { table: { ...table, rows }, model };
}
