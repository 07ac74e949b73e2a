/** The plots of a report as inline SVG: no script, nothing fetched, readable without colour. */
import type { CurvePoint, FindingEvaluation, PublishedSource } from '#main/contract/evaluation';
import { findingLabel } from '#main/contract/findings';
import { html, type Html } from './html';

const SIZE = 220;
const MARGIN = 34;

type Point = { readonly x: number; readonly y: number };

/** Axes from 0 to 1 around `content`. */
function unitPlot(title: string, xLabel: string, yLabel: string, content: Html): Html {
  const end = MARGIN + SIZE;
  const ticks = [0, 0.5, 1].map((value) => {
    const at = place({ x: value, y: value });
    return html`<text x="${at.x}" y="${end + 14}" class="middle">${value}</text
      ><text x="${MARGIN - 5}" y="${at.y + 4}" class="end">${value}</text>`;
  });
  return html`<svg viewBox="0 0 ${end + 10} ${end + 34}" role="img" aria-label="${title}">
    <title>${title}</title>
    <rect x="${MARGIN}" y="${MARGIN}" width="${SIZE}" height="${SIZE}" class="frame" />
    ${ticks}
    <text x="${MARGIN}" y="${MARGIN - 12}" class="title">${title}</text>
    <text x="${MARGIN + SIZE / 2}" y="${end + 28}" class="middle">${xLabel}</text>
    <text x="10" y="${MARGIN + SIZE / 2}" class="middle" transform="rotate(-90 10 ${MARGIN + SIZE / 2})">
      ${yLabel}
    </text>
    ${content}
  </svg>`;
}

function place({ x, y }: Point): Point {
  return { x: round(MARGIN + x * SIZE), y: round(MARGIN + (1 - y) * SIZE) };
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

function mark(point: Point): Html {
  const { x, y } = place(point);
  return html`<circle cx="${x}" cy="${y}" r="4" class="mark" />`;
}

const DIAGONAL: readonly Point[] = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
];

export function rocPlot({ roc, sensitivity, specificity }: FindingEvaluation): Html {
  const operating =
    sensitivity === null || specificity === null ? html`` : mark({ x: 1 - specificity, y: sensitivity });
  return unitPlot(
    'ROC',
    '1 − specificity',
    'sensitivity',
    html`${line(DIAGONAL, 'guide')}${line(roc, 'curve')}${operating}`,
  );
}

export function precisionRecallPlot(evaluation: FindingEvaluation): Html {
  const { precisionRecall, sensitivity, ppv, positives, n } = evaluation;
  const share = positives / n;
  const chance: readonly Point[] = [0, 1].map((x) => ({ x, y: share }));
  const operating = sensitivity === null || ppv === null ? html`` : mark({ x: sensitivity, y: ppv });
  const curve: readonly CurvePoint[] = precisionRecall;
  return unitPlot(
    'Precision and recall',
    'recall',
    'precision',
    html`${line(chance, 'guide')}${line(curve, 'curve')}${operating}`,
  );
}

/** Each bin with Wilson's interval of its share of positives. */
export function reliabilityPlot({ reliability }: FindingEvaluation): Html {
  const bars = reliability.map(({ meanProbability, low, high }) =>
    line(
      [low, high].map((y) => ({ x: meanProbability, y })),
      'bar',
    ),
  );
  const points = reliability.map(({ meanProbability: x, positiveShare: y }) => mark({ x, y }));
  return unitPlot(
    'Reliability',
    'mean probability',
    'share of positives',
    html`${line(DIAGONAL, 'guide')}${bars}${points}`,
  );
}

/** Shares of each class on a square-root axis, so that few films far out stay visible. */
export function histogramPlot({ histogram, cutoff }: FindingEvaluation): Html {
  const steps = (counts: readonly number[]): Point[] => {
    const most = Math.max(1, ...counts);
    return counts.flatMap((count, bin) =>
      [bin, bin + 1].map((edge) => ({ x: edge / counts.length, y: Math.sqrt(count / most) })),
    );
  };
  const at =
    cutoff === null
      ? html``
      : line(
          [0, 1].map((y) => ({ x: cutoff, y })),
          'guide',
        );
  return unitPlot(
    'Scores: positive (solid), negative (dashed)',
    'probability',
    'films (√, of the largest bin)',
    html`${at}${line(steps(histogram.negatives), 'curve dashed')}${line(steps(histogram.positives), 'curve')}`,
  );
}

const ROW = 22;
const LABELS = 150;
const WIDTH = 420;

/** AUROCs with their intervals from 0.5 to 1, and the published ones as letters. */
export function forestPlot(
  findings: readonly (readonly [string, FindingEvaluation])[],
  sources: readonly PublishedSource[],
): Html {
  const at = (auroc: number): number => round(LABELS + (Math.max(0.4, Math.min(1, auroc)) - 0.4) * (WIDTH / 0.6));
  const rows = findings.map(([finding, { auroc, aurocLow, aurocHigh, published }], index) => {
    const y = ROW * (index + 1.5);
    const letters = sources.map(({ id, name }) => {
      const value = published[id];
      return value === undefined
        ? html``
        : html`<text x="${at(value)}" y="${y + 4}" class="middle letter">${name.slice(0, 1)}</text>`;
    });
    const own = auroc === null ? html`` : html`<circle cx="${at(auroc)}" cy="${y}" r="4" class="mark" />`;
    const interval =
      aurocLow === null || aurocHigh === null
        ? html``
        : html`<line x1="${at(aurocLow)}" x2="${at(aurocHigh)}" y1="${y}" y2="${y}" class="bar" />`;
    return html`<text x="${LABELS - 8}" y="${y + 4}" class="end">${findingLabel(finding)}</text
      >${letters}${interval}${own}`;
  });
  const height = ROW * (findings.length + 2);
  const ticks = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map(
    (value) =>
      html`<line x1="${at(value)}" x2="${at(value)}" y1="${ROW}" y2="${height - ROW}" class="guide" /><text
          x="${at(value)}"
          y="${height - 6}"
          class="middle"
          >${value}</text
        >`,
  );
  const title = 'AUROC with 95 % interval';
  return html`<svg viewBox="0 0 ${LABELS + WIDTH + 20} ${height}" class="forest" role="img" aria-label="${title}">
    <title>${title}</title>
    ${ticks}${rows}
  </svg>`;
}
