/** One film's probabilities as people read them. */
import type { FindingCutoff } from '#main/contract/cutoffs';
import { findingLabel } from '#main/contract/findings';
import type { FilmReport } from '#main/workflows/filmReport';
import { plainText } from './terminal';
import { textTable, type TextColumn } from './textTable';

const BAR_WIDTH = 20;

type Line = FindingCutoff & { readonly probability: number; readonly flagged: boolean };

const COLUMNS: readonly TextColumn<Line>[] = [
  { heading: '  finding', cell: ({ finding }) => `  ${findingLabel(finding)}` },
  { heading: 'probability', cell: ({ probability }) => probability.toFixed(6), align: 'right' },
  { heading: 'cut-off', cell: ({ cutoff }) => cutoff?.toFixed(6) ?? 'none', align: 'right' },
  { heading: '', cell: bar },
];

export function analyseText(report: FilmReport, cutoffs: readonly FindingCutoff[]): string {
  const lines = [plainText(report.file), ...filmLines(report)];
  const { probabilities, flagged, model, backend, milliseconds } = report;
  if (probabilities === null) return `${lines.join('\n')}\n  ${report.status}: ${report.reason} [${report.code}]\n\n`;
  const scores = cutoffs.map((cutoff) => ({
    ...cutoff,
    probability: probabilities[cutoff.finding] ?? 0,
    flagged: flagged.includes(cutoff.finding),
  }));
  const calibrated = model.calibrated ? 'calibrated' : 'uncalibrated';
  return (
    `${lines.join('\n')}\n` +
    (report.override === '' ? '' : `  overridden: ${plainText(report.override)}\n`) +
    `  priority ${report.priority?.toFixed(2) ?? ''}, ${plainText(report.priorityReason)}\n` +
    textTable(COLUMNS, scores) +
    cutoffsLine(report) +
    `  model ${model.id} ${model.version} (${calibrated}), weights ${model.weightsSha256}\n` +
    `  ${backend}, ${milliseconds ?? 0} ms\n  ${report.notice}\n\n`
  );
}

/** Nothing where the model has one cut-off for all views. */
function cutoffsLine({ cutoffs }: FilmReport): string {
  if (cutoffs === null || cutoffs.view === null) return '';
  const { view, common } = cutoffs;
  const others = common.length === 0 ? '' : `; common to all views: ${common.map(findingLabel).join(', ')}`;
  return `  cut-offs of ${view} films${others}\n`;
}

function filmLines({ film, warnings }: FilmReport): string[] {
  if (film === null) return [];
  const view = film.view === '' ? 'view unknown' : film.view;
  const said = warnings.map(({ message }) => `  warning: ${plainText(message)}`);
  const picture = film.rows === null ? 'no picture' : `${film.columns} × ${film.rows} pixels, ${film.format}`;
  return [`  ${plainText(view)}, ${picture}`, ...said];
}

/** The cut-off stands in the middle of every bar, so that findings of different rarity compare. */
function bar({ probability, cutoff, measured, flagged }: Line): string {
  if (cutoff === null) return '';
  const share = probability < cutoff ? probability / cutoff / 2 : 0.5 + (probability - cutoff) / (1 - cutoff) / 2;
  const filled = Math.round(Math.min(1, share) * BAR_WIDTH);
  const note = measured ? '' : ' not measured';
  return `${'█'.repeat(filled)}${'·'.repeat(BAR_WIDTH - filled)}${flagged ? ' flagged' : ''}${note}`;
}
