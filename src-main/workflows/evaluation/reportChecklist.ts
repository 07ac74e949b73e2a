/**
 * What is known about model and data, in the manner of CLAIM (Checklist for Artificial Intelligence in Medical
 * Imaging, 2024 update): each item says what was found, or that it is not known. Nothing is made up.
 */
import type { ModelCard } from '#main/contract/card';
import type { ChecklistItem, EvaluationReport } from '#main/contract/evaluation';

const UNKNOWN = 'Not known to Hilum.';

type Known = Omit<EvaluationReport, 'checklist'>;

export function reportChecklist(report: Known, card: ModelCard | null): ChecklistItem[] {
  const { source, n, patients, cutoffs, bootstrap } = report;
  const { model } = source;
  return [
    { item: 'Purpose', answer: `${report.notice} Retrospective measurement on films with given labels.` },
    { item: 'Films', answer: `${n} films of ${patients} patients. ${subgroupSentence(report)}` },
    {
      item: 'Selection',
      answer:
        `${source.unlabelled} films with probabilities had no labels, ${source.unscored} rows of labels no film with ` +
        'probabilities; both are left out. How the films were chosen is not known to Hilum.',
    },
    {
      item: 'Reference standard',
      answer: `Labels from ${source.labels} (${source.labelFormat}). ${labelSentence(source.labelFormat)}`,
    },
    { item: 'Model', answer: model === null ? UNKNOWN : modelSentence(model) },
    { item: 'Training data', answer: textOf(card?.training?.['data']) ?? UNKNOWN },
    { item: 'Overlap of training and test', answer: overlapSentence(card) },
    { item: 'Cut-offs', answer: `${cutoffs.rule}. ${cutoffs.origin}` },
    {
      item: 'Statistics',
      answer:
        `95 % intervals: percentiles of ${bootstrap.count} bootstraps by patient (seed ${bootstrap.seed}); subgroups ` +
        'and facts: DeLong clustered by patient (Obuchowski 1997). They are not corrected for the number of findings.',
    },
    { item: 'Rare findings', answer: rareSentence(report) },
    { item: 'External validity', answer: 'These figures hold for films like these, and say nothing of other sites.' },
    { item: 'Known limitations', answer: card === null ? UNKNOWN : card.limitations.join(' ') },
    { item: 'Licence of the model', answer: card?.licence ?? UNKNOWN },
  ];
}

function subgroupSentence({ subgroups }: Known): string {
  return subgroups.map(({ by, group, n }) => `${by} ${group}: ${n}`).join('; ') + '.';
}

function labelSentence(format: string): string {
  return ['nih', 'chexpert', 'mimic-cxr'].includes(format)
    ? 'They were mined from reports by text processing and are noisy; nobody looked at the films for them.'
    : 'Who made them, and how, is not known to Hilum.';
}

function modelSentence({ id, version, weightsSha256, backend }: NonNullable<Known['source']['model']>): string {
  return `${id}${version === null ? '' : ` ${version}`}, weights ${weightsSha256}, computed by ${backend ?? 'unknown'}.`;
}

function overlapSentence(card: ModelCard | null): string {
  const lists = (card?.patients?.lists ?? []).filter(({ role }) => role === 'trained');
  if (lists.length === 0) return 'Not known to Hilum: there is no list of the patients that the model was trained on.';
  return `None: no patient here is in the lists of those that trained ${lists.map(({ model }) => model).join(', ')}.`;
}

const RARE_POSITIVES = 10;

function rareSentence({ findings }: Known): string {
  const rare = Object.entries(findings).filter(([, { positives }]) => positives < RARE_POSITIVES);
  if (rare.length === 0) return `Every finding has ${RARE_POSITIVES} positive films or more.`;
  const names = rare.map(([finding, { positives }]) => `${finding} (${positives})`).join(', ');
  return `Fewer than ${RARE_POSITIVES} positive films, so as good as not measured: ${names}.`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
