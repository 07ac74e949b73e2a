/** The plots of a finding as inline SVG: no script, nothing fetched, readable without colour. */
import { cutoffWords } from '#main/contract/cutoffs';
import type { FindingEvaluation } from '#main/contract/evaluation';
import { html, type Html } from './html';
import { decimals } from './reportWords';

const SIZE = 220;
const LEFT = 44;
const TOP = 26;

type Point = { readonly x: number; readonly y: number };
type Axes = { readonly title: string; readonly x: string; readonly y: string; readonly note: string };

/** Axes from 0 to 1 around `content`; the note below says what is drawn how. */
function unitPlot({ title, x, y, note }: Axes, content: Html): Html {
  const end = TOP + SIZE;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((value) => {
    const at = place({ x: value, y: value });
    return html`<line x1="${at.x}" x2="${at.x}" y1="${TOP}" y2="${end}" class="grid" /><line
        x1="${LEFT}"
        x2="${LEFT + SIZE}"
        y1="${at.y}"
        y2="${at.y}"
        class="grid"
      /><text x="${at.x}" y="${end + 14}" class="middle">${value}</text
      ><text x="${LEFT - 5}" y="${at.y + 4}" class="end">${value}</text>`;
  });
  return html`<svg viewBox="0 0 ${LEFT + SIZE + 12} ${end + 52}" role="img" aria-label="${title}: ${note}">
    <text x="${LEFT}" y="14" class="title">${title}</text>
    ${ticks}
    <rect x="${LEFT}" y="${TOP}" width="${SIZE}" height="${SIZE}" class="frame" />
    <text x="${LEFT + SIZE / 2}" y="${end + 29}" class="middle">${x}</text>
    <text x="11" y="${TOP + SIZE / 2}" class="middle" transform="rotate(-90 11 ${TOP + SIZE / 2})">${y}</text>
    <text x="${LEFT + SIZE / 2}" y="${end + 46}" class="middle note">${note}</text>
    ${content}
  </svg>`;
}

function place({ x, y }: Point): Point {
  return { x: round(LEFT + x * SIZE), y: round(TOP + (1 - y) * SIZE) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function line(points: readonly Point[], className: string): Html {
  const path = points
    .map(place)
    .map(({ x, y }) => `${x},${y}`)
    .join(' ');
  return html`<polyline points="${path}" class="${className}" />`;
}

function circle(point: Point, className: string): Html {
  const { x, y } = place(point);
  return html`<circle cx="${x}" cy="${y}" r="4" class="${className}" />`;
}

const DIAGONAL: readonly Point[] = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
];

/** A ring, whichever curve it lies on. Null where there is no such point. */
function operatingPoint(x: number | null, y: number | null): Html {
  return x === null || y === null ? html`` : circle({ x, y }, 'ring');
}

const NO_CUTOFF = 'no cut-off';

export function rocPlot({ roc, sensitivity, specificity, auroc, cutoff, cutoffsByView }: FindingEvaluation): Html {
  const note = cutoff === null ? NO_CUTOFF : `○ at the cut-off ${cutoffWords(cutoff, cutoffsByView, decimals)}`;
  return unitPlot(
    { title: `ROC, AUROC ${decimals(auroc)}`, x: '1 − specificity', y: 'sensitivity', note },
    html`${line(DIAGONAL, 'guide')}${line(roc, 'curve')}${operatingPoint(
      specificity === null ? null : 1 - specificity,
      sensitivity,
    )}`,
  );
}

export function precisionRecallPlot(evaluation: FindingEvaluation): Html {
  const { precisionRecall, averagePrecision, sensitivity, ppv, positives, n } = evaluation;
  const share = positives / n;
  const chance: readonly Point[] = [0, 1].map((x) => ({ x, y: share }));
  return unitPlot(
    {
      title: `Precision–recall, AP ${decimals(averagePrecision)}`,
      ...{ x: 'recall (sensitivity)', y: 'precision (PPV)', note: `┄ prevalence here ${decimals(share)}` },
    },
    html`${line(chance, 'guide')}${line(precisionRecall, 'curve')}${operatingPoint(sensitivity, ppv)}`,
  );
}

/** Each bin with Wilson's interval of its share of positives. */
export function reliabilityPlot({ reliability, ece }: FindingEvaluation): Html {
  const bars = reliability.map(({ meanProbability, low, high }) =>
    line(
      [low, high].map((y) => ({ x: meanProbability, y })),
      'bar',
    ),
  );
  const points = reliability.map(({ meanProbability: x, positiveShare: y }) => circle({ x, y }, 'mark'));
  return unitPlot(
    {
      title: `Reliability, ECE ${decimals(ece)}`,
      ...{ x: 'mean probability of the bin', y: 'share of positives', note: 'bars: 95 % interval (Wilson)' },
    },
    html`${line(DIAGONAL, 'guide')}${bars}${points}`,
  );
}

/** Counts are in bins finer than a few films fill. */
const FEW_FILMS = 500;
const BINS_AT_ONCE = 5;

/** Each class against its own largest bin on a square-root axis, so that few films far out stay visible. */
export function histogramPlot({ histogram, cutoff, cutoffsByView, n }: FindingEvaluation): Html {
  const [positives, negatives] = [histogram.positives, histogram.negatives].map((counts) =>
    n < FEW_FILMS ? mergeBins(counts) : counts,
  ) as [readonly number[], readonly number[]];
  const note = `— positive (largest bin ${Math.max(0, ...positives)}) ┄ negative (${Math.max(0, ...negatives)})`;
  const cutoffs = [cutoff, ...Object.values(cutoffsByView)].filter((at) => at !== null);
  const lines = cutoffs.map((x) =>
    line(
      [0, 1].map((y) => ({ x, y })),
      'guide',
    ),
  );
  return unitPlot(
    { title: 'Scores', x: 'probability', y: '√ of films, of the largest bin', note },
    html`${lines}${line(steps(negatives), 'curve dashed')}${line(steps(positives), 'curve')}`,
  );
}

function mergeBins(counts: readonly number[]): number[] {
  const merged = new Array<number>(Math.ceil(counts.length / BINS_AT_ONCE)).fill(0);
  counts.forEach((count, bin) => (merged[Math.floor(bin / BINS_AT_ONCE)]! += count));
  return merged;
}

function steps(counts: readonly number[]): Point[] {
  const most = Math.max(1, ...counts);
  return counts.flatMap((count, bin) =>
    [bin, bin + 1].map((edge) => ({ x: edge / counts.length, y: Math.sqrt(count / most) })),
  );
}
