/** AP and PA films: the cut-offs that either is judged by, and what those do on the films that they are reported on. */
import { cutoffOf } from '#main/contract/cutoffs';
import type { RuleViewOutcome, SubgroupEvaluation, ViewEvaluation, ViewFinding } from '#main/contract/evaluation';
import type { PlannedCutoffs } from './cutoffPlan';
import { filmsOfView } from './cutoffsByView';
import { countPatients } from './rankedFilms';

/** `groups`: with those of the views. `alarms`: of the cut-offs in use; a view without films is not in it. */
export function viewEvaluations(
  { reportedOn, choice, used }: PlannedCutoffs,
  groups: readonly SubgroupEvaluation[],
  alarms: readonly RuleViewOutcome[],
): ViewEvaluation[] {
  const { set } = reportedOn;
  return alarms.flatMap((outcome): ViewEvaluation[] => {
    const { view } = outcome;
    const group = groups.find(({ by, group }) => by === 'view' && group === view);
    const cutoffs = used.views.find((each) => each.view === view);
    if (group === undefined || cutoffs === undefined) return [];
    const findings = set.findings.map((finding): readonly [string, ViewFinding] => {
      const { cutoffN: n, cutoffPositives: positives, ...rates } = group.findings[finding]!;
      const { sensitivity, sensitivityLow, sensitivityHigh, specificity, specificityLow, specificityHigh } = rates;
      const decided = cutoffOf(choice, finding, view);
      return [
        finding,
        {
          ...{ cutoff: decided.cutoff, own: decided.view !== null, n, positives },
          ...{ sensitivity, sensitivityLow, sensitivityHigh, specificity, specificityLow, specificityHigh },
        },
      ];
    });
    const patients = countPatients(set.patients, filmsOfView(reportedOn, view).films);
    return [{ ...cutoffs, ...outcome, patients, findings: Object.fromEntries(findings) }];
  });
}
