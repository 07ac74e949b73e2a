/** A page of the worklist. */
import { FILM_STATUSES, type StudyPage, type StudyQuery, type StudySort } from '#main/contract/study';
import { foldText } from './foldText';
import type { ReadableDb, Values } from './openDatabase';
import { STUDY_ROW_SQL, toStudyRow } from './studyStore';

/**
 * What is refused or failed stays on top however priority is sorted, what has no numbers yet stays below; among
 * equals the longest waiting comes first. Each order is that of an index.
 */
const ORDERS: Readonly<Record<StudySort, (direction: 'ASC' | 'DESC') => string>> = {
  priority: (direction) => `sort_group, priority ${direction}, waiting_since, studies.id`,
  time: (direction) => `waiting_since ${direction}, studies.id ${direction}`,
  patient: (direction) => `patient_sort ${direction}, studies.id ${direction}`,
  imported: (direction) => `imported_at ${direction}, studies.id ${direction}`,
};

/** Few of many studies, with an index of their own. */
const REVIEWED = 'SELECT id FROM studies WHERE reviewed_at IS NOT NULL';

const FILTERS: Readonly<Record<Exclude<StudyQuery['status'], 'all'>, string>> = {
  ...(Object.fromEntries(FILM_STATUSES.map((status) => [status, `status = '${status}'`])) as Record<
    (typeof FILM_STATUSES)[number],
    string
  >),
  flagged: 'priority > 0',
  unopened: 'opened_at IS NULL',
  reviewed: `studies.id IN (${REVIEWED})`,
  unreviewed: `studies.id NOT IN (${REVIEWED})`,
  'needs-human': "status IN ('refused', 'failed')",
  routine: "status NOT IN ('refused', 'failed')",
};

export function listStudies(db: ReadableDb, query: StudyQuery): StudyPage {
  const { where, values } = conditionOf(query);
  const order = ORDERS[query.sort](query.descending ? 'DESC' : 'ASC');
  const total = Number(db.get(`SELECT count(*) AS total FROM studies ${where}`, values)?.['total']);
  if (total <= query.offset) return { total, rows: [] };
  // Ids first: they come from an index alone; a row is read only where it is shown.
  const rows = db.all(
    `${STUDY_ROW_SQL}
     WHERE studies.id IN (SELECT id FROM studies ${where} ORDER BY ${order} LIMIT :limit OFFSET :offset)
     ORDER BY ${order}`,
    { ...values, limit: query.limit, offset: query.offset },
  );
  return { total, rows: rows.map(toStudyRow) };
}

/** Every word must stand somewhere in the study's text. */
function conditionOf({ search, status }: StudyQuery): { where: string; values: Values } {
  const words = foldText(search).split(' ').filter(Boolean);
  const conditions = words.map((_, index) => `instr(search_text, :word${index}) > 0`);
  if (status !== 'all') conditions.unshift(FILTERS[status]);
  return {
    where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`,
    values: Object.fromEntries(words.map((word, index) => [`word${index}`, word])),
  };
}
