/** Scores and labels joined, without patients whom the model has seen: on those it looks better than it is. */
import { DEFAULT_AGE_RANGE_YEARS, type ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import type { LabelTable } from '#main/chexnet/dataset/labelTable';
import { listedPatients, refuseListedPatients, trainedOn } from '#main/chexnet/dataset/patientList';
import { joinScores, type JoinedScores, type ScoredTable } from '#main/chexnet/evaluation/joinScores';
import { describeLeftOut } from './filmSets';

export type JoinedOthers = { readonly joined: JoinedScores; readonly warnings: readonly string[] };

/**
 * Throws as `joinScores` does, and `label/leak` with patients and lines where somebody trained the model: with
 * `leaveOut` only where nobody else is there. `card` is null where nobody knows whose scores these are.
 */
export function joinOthers(
  scores: ScoredTable,
  labels: LabelTable,
  { card, leaveOut }: { readonly card: ModelCard | null; readonly leaveOut: boolean },
): JoinedOthers {
  const lists = card?.patients?.lists ?? [];
  const all = joinScores(scores, labels);
  if (!leaveOut) refuseListedPatients(all.rows, trainedOn(lists), 'these films');
  const trained = listedPatients(all.rows, trainedOn(lists));
  const isOther = (patientId: string | null | undefined): boolean => !trained.has(patientId ?? '');
  const leftOut = describeLeftOut([...trained]);
  if (all.rows.every(({ patientId }) => !isOther(patientId))) {
    throw new AppError('label/leak', `Nobody is left to measure the model. ${leftOut}`);
  }
  const joined =
    trained.size === 0
      ? all
      : joinScores(
          { ...scores, rows: scores.rows.filter(({ about }) => isOther(about?.patientId)) },
          { ...labels, rows: labels.rows.filter(({ patientId }) => isOther(patientId)) },
        );
  const sentences = [leftOut, describeChoosing(joined, lists), describeAges(joined, card)];
  return { joined, warnings: sentences.filter((sentence) => sentence !== '') };
}

/** A header refuses such a film before it is judged; the labels of a picture come too late for that. */
function describeAges({ set: { films } }: JoinedScores, card: ModelCard | null): string {
  if (card === null) return '';
  const [youngest, oldest] = card.ageRangeYears ?? DEFAULT_AGE_RANGE_YEARS;
  const count = films.filter(({ ageYears }) => ageYears !== null && (ageYears < youngest || ageYears > oldest)).length;
  const range = `from ${youngest} to ${oldest} years, whom the model is for`;
  return count === 0
    ? ''
    : `Films of patients who are not ${range}, as the labels say: ${count}. They are measured too.`;
}

function describeChoosing({ rows }: JoinedScores, lists: Parameters<typeof listedPatients>[1]): string {
  const { size } = listedPatients(rows, lists);
  const whose = size === 1 ? 'One patient here was' : `${size} patients here were`;
  return size === 0 ? '' : `${whose} used to choose this model or its cut-offs: its figures are flattered.`;
}
