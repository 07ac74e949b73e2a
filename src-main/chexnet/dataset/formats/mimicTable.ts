/**
 * MIMIC-CXR-JPG's `…-chexpert.csv` and `…-negbio.csv` (Johnson et al., 2019): one row a study, labels as CheXpert's.
 * With `…-metadata.csv` beside it one row a film, with its view; without it films are found by the folder of their
 * study, `p10000032/s50414267`.
 */
import { AppError } from '#main/contract/errors';
import { labelError, tableWarning, type LabelRow, type WarningList } from '../labelTable';
import { createCellReader, hasColumn, readPatient, readView } from '../readCell';
import { readCsv, type CsvTable } from '../readCsv';
import { observationColumns } from './chexpertTable';
import { createLabelReader, refuseKeyless, requireColumn, type TableReader } from './tableReader';

export const mimicTable: TableReader = {
  format: 'mimic-cxr',
  recognises: (table) => ['subject_id', 'study_id', 'pneumothorax'].every((name) => hasColumn(table, name)),
  read: (table, { uncertain, metadata }, warnings) => {
    const columns = observationColumns(table);
    const findings = columns.map(({ name }) => name);
    const labels = createLabelReader(table, columns, { uncertain, blank: 0 });
    const subject = createCellReader(table, 'subject_id');
    const study = createCellReader(table, 'study_id');
    const studies = table.rows.map((row): LabelRow => {
      const patientId = readPatient(subject(row), row.line, warnings);
      const studyId = study(row).trim();
      return {
        line: row.line,
        key: studyId === '' ? '' : `p${patientId ?? ''}/s${studyId}`,
        ...{ patientId, sex: null, ageYears: null, view: null },
        ...labels.read(row),
      };
    });
    labels.finish();
    refuseKeyless(studies, 'study_id');
    if (metadata === undefined) {
      warnings.add(tableWarning('views-missing', []));
      return { joinBy: 'folder', findings, rows: studies };
    }
    return { joinBy: 'file', findings, rows: spreadOverFilms(studies, readCsv(metadata), warnings) };
  },
};

/** One row for each film of a study, in the order of the studies; `line` stays that of the labels. */
function spreadOverFilms(studies: readonly LabelRow[], metadata: CsvTable, warnings: WarningList): LabelRow[] {
  requireColumn(metadata, 'dicom_id');
  const films = filmsByStudy(metadata);
  refuseTwice(studies);
  const lonely: number[] = [];
  const rows = studies.flatMap((study) => {
    const own = films.get(study.key) ?? [];
    if (own.length === 0) lonely.push(study.line);
    return own.map(({ file, view }): LabelRow => ({ ...study, key: file, view }));
  });
  if (lonely.length > 0) warnings.add(tableWarning('metadata-missing', lonely));
  if (rows.length > 0) return rows;
  throw new AppError('label/no-match', 'No study of the labels is in the table of films: are they of one data set?');
}

type StudyFilm = { readonly file: string; readonly view: string | null };

function filmsByStudy(metadata: CsvTable): Map<string, StudyFilm[]> {
  const file = createCellReader(metadata, 'dicom_id');
  const subject = createCellReader(metadata, 'subject_id');
  const study = createCellReader(metadata, 'study_id');
  const view = createCellReader(metadata, 'viewposition');
  const films = new Map<string, StudyFilm[]>();
  for (const row of metadata.rows) {
    const key = `p${subject(row).trim()}/s${study(row).trim()}`;
    const film = { file: file(row).trim(), view: readView(view(row)) };
    const known = films.get(key);
    if (known === undefined) films.set(key, [film]);
    else known.push(film);
  }
  return films;
}

/** Once spread, a study's second row could no longer be told from its first. */
function refuseTwice(studies: readonly LabelRow[]): void {
  const seen = new Set<string>();
  const lines = studies.filter(({ key }) => seen.has(key) || !seen.add(key)).map(({ line }) => line);
  if (lines.length > 0) throw labelError('label/conflict', 'Studies have a second row', lines);
}
