/**
 * PadChest (Bustos et al., 2020): `Labels` is a list as Python prints it, of 174 findings and 19 diagnoses, English in
 * the published table, Spanish in its source. `exclude` and `suboptimal study` say that the film is not to be used,
 * `unchanged` that an earlier report holds: all three, and a blank list, leave every label unknown.
 */
import { NIH_FINDINGS, type NihFinding } from '#main/contract/findings';
import { tableWarning, UNKNOWN, type LabelRow, type WarningList } from '../labelTable';
import { createCellReader, hasColumn, readAge, readPatient, readSex, readView } from '../readCell';
import type { CsvRow } from '../readCsv';
import { refuseKeyless, requireColumn, type TableReader } from './tableReader';

/**
 * Terms of PadChest's tree → our finding, with the branches below each. Air bronchograms are consolidations there, and
 * a hydropneumothorax is both of its parts. `interstitial pattern` and its kind are no infiltrates of ours: NIH's
 * labeller would have called some of them fibrosis, some edema.
 */
const TERMS: Readonly<Record<NihFinding, readonly string[]>> = {
  Atelectasis: [
    'atelectasis',
    'total atelectasis',
    'lobar atelectasis',
    'segmental atelectasis',
    'laminar atelectasis',
    'round atelectasis',
    'atelectasis basal',
    'atelectasia',
    'atelectasia laminar',
  ],
  Cardiomegaly: ['cardiomegaly', 'cardiomegalia'],
  Effusion: [
    'pleural effusion',
    'loculated pleural effusion',
    'loculated fissural effusion',
    'hydropneumothorax',
    'derrame pleural',
    'hidroneumotorax',
  ],
  Infiltration: ['infiltrates', 'infiltrados', 'infiltrado'],
  Mass: ['mass', 'pulmonary mass', 'masa', 'masa pulmonar'],
  Nodule: ['nodule', 'multiple nodules', 'nodulo', 'nodulos multiples'],
  Pneumonia: ['pneumonia', 'atypical pneumonia', 'neumonia', 'neumonia atipica'],
  Pneumothorax: ['pneumothorax', 'hydropneumothorax', 'neumotorax', 'hidroneumotorax'],
  Consolidation: ['consolidation', 'air bronchogram', 'consolidacion', 'broncograma aereo'],
  Edema: ['pulmonary edema', 'edema pulmonar'],
  Emphysema: ['emphysema', 'enfisema'],
  Fibrosis: ['pulmonary fibrosis', 'fibrosis pulmonar'],
  Pleural_Thickening: [
    'pleural thickening',
    'apical pleural thickening',
    'calcified pleural thickening',
    'engrosamiento pleural',
    'engrosamiento pleural apical',
  ],
  Hernia: ['hiatal hernia', 'hernia de hiato', 'hernia hiatal'],
};

/** No finding of ours, and nothing to warn of. */
const NORMAL: ReadonlySet<string> = new Set(['normal', 'no finding']);
const EXCLUDING: ReadonlySet<string> = new Set(['exclude', 'suboptimal study', 'unchanged', 'excluir']);
const TERMS_NAMED = 8;

const FINDINGS_BY_TERM = indexTerms();

function indexTerms(): ReadonlyMap<string, readonly number[]> {
  const byTerm = new Map<string, number[]>();
  for (const [index, finding] of NIH_FINDINGS.entries()) {
    for (const term of TERMS[finding]) byTerm.set(term, [...(byTerm.get(term) ?? []), index]);
  }
  return byTerm;
}

export const padchestTable: TableReader = {
  format: 'padchest',
  recognises: (table) => hasColumn(table, 'imageid') && hasColumn(table, 'labels'),
  read: (table, _options, warnings) => {
    const file = createCellReader(table, 'imageid');
    const patient = createCellReader(table, 'patientid');
    const sex = createCellReader(table, 'patientsex_dicom', 'patientsex');
    const view = createCellReader(table, 'projection', 'viewposition_dicom');
    const born = createCellReader(table, 'patientbirth');
    const taken = createCellReader(table, 'studydate_dicom');
    const labels = createTermReader(requireColumn(table, 'labels'), warnings);
    const rows = table.rows.map((row): LabelRow => {
      const { line } = row;
      return {
        line,
        key: file(row).trim(),
        patientId: readPatient(patient(row), line, warnings),
        sex: readSex(sex(row), line, warnings),
        ageYears: readAge(yearsBetween(born(row), taken(row)), line, warnings),
        view: readView(view(row)),
        labels: labels.read(row),
        uncertain: [],
      };
    });
    labels.finish();
    refuseKeyless(rows, 'ImageID');
    return { joinBy: 'file', findings: NIH_FINDINGS, rows };
  },
};

/** `1941.0` and `20120305` → `71`: the year of birth is all that the table gives. */
function yearsBetween(born: string, taken: string): string {
  const birthYear = Number.parseInt(born, 10);
  const year = Number.parseInt(taken.slice(0, 4), 10);
  return Number.isNaN(birthYear) || Number.isNaN(year) ? '' : String(year - birthYear);
}

function createTermReader(index: number, warnings: WarningList) {
  const strangers = new Map<string, number>();
  return {
    read: ({ cells, line }: CsvRow): Int8Array => {
      const terms = readList(cells[index]!);
      const labels = new Int8Array(NIH_FINDINGS.length);
      if (terms.length === 0 || terms.some((term) => EXCLUDING.has(term))) {
        warnings.note('row-excluded', line);
        return labels.fill(UNKNOWN);
      }
      for (const term of terms) {
        const findings = FINDINGS_BY_TERM.get(term);
        for (const finding of findings ?? []) labels[finding] = 1;
        if (findings === undefined && !NORMAL.has(term)) strangers.set(term, (strangers.get(term) ?? 0) + 1);
      }
      return labels;
    },
    finish: (): void => {
      if (strangers.size === 0) return;
      const often = [...strangers].sort(([, one], [, other]) => other - one);
      const named = often.slice(0, TERMS_NAMED).map(([term, count]) => `${term} (${count})`);
      const more = often.length > TERMS_NAMED ? ` and ${often.length - TERMS_NAMED} other terms` : '';
      warnings.add(tableWarning('term-unmapped', [], named.join(', ') + more));
    },
  };
}

/** `['pneumonia', 'loc right', '']` → terms in small letters without accents; localizations (`loc …`) are left out. */
function readList(cell: string): string[] {
  const inside = /^\s*\[(.*)\]\s*$/s.exec(cell)?.[1] ?? '';
  const quoted = [...inside.matchAll(/'([^']*)'|"([^"]*)"/g)].map((match) => match[1] ?? match[2] ?? '');
  return quoted
    .map((term) => term.normalize('NFD').replaceAll(/\p{M}/gu, '').trim().toLowerCase())
    .filter((term) => term !== '' && !term.startsWith('loc '));
}
