/** AUROCs with their intervals, a line a finding; beside them the published ones, each source with a shape of its own. */
import type { FindingEvaluation, PublishedSource } from '#main/contract/evaluation';
import { findingLabel } from '#main/contract/findings';
import { html, type Html } from './html';

const ROW = 22;
const LABELS = 150;
const WIDTH = 560;
const LOW = 0.4;
const TICKS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Around (0, 0). */
const SHAPES: readonly Html[] = [
  html`<path d="M0 -4.5 4.5 4 -4.5 4Z" class="published" />`,
  html`<path d="M-3.8 -3.8H3.8V3.8H-3.8Z" class="published" />`,
  html`<path d="M0 -5 5 0 0 5 -5 0Z" class="published" />`,
];

function at(auroc: number): number {
  return Math.round((LABELS + ((Math.max(LOW, Math.min(1, auroc)) - LOW) / (1 - LOW)) * WIDTH) * 10) / 10;
}

export function forestPlot(
  findings: readonly (readonly [string, FindingEvaluation])[],
  sources: readonly PublishedSource[],
): Html {
  const bottom = ROW * (findings.length + 0.7);
  const title = 'AUROC with 95 % interval';
  return html`<svg
    viewBox="0 0 ${LABELS + WIDTH + 20} ${bottom + 68}"
    class="forest"
    role="img"
    aria-label="${title} of each finding, and published ones"
  >
    ${TICKS.map((value) => tick(value, bottom))}
    ${findings.map((finding, index) => row(finding, ROW * (index + 0.7), sources))}
    <text x="${LABELS + WIDTH / 2}" y="${bottom + 34}" class="middle">${title}</text>
    ${legend(sources, bottom + 56)}
  </svg>`;
}

function tick(value: number, bottom: number): Html {
  const x = at(value);
  // 0.5 is chance: a line of its own.
  return html`<line x1="${x}" x2="${x}" y1="4" y2="${bottom}" class="${value === 0.5 ? 'guide' : 'grid'}" />
    <text x="${x}" y="${bottom + 15}" class="middle">${value.toFixed(1)}</text>`;
}

function row(
  [finding, { auroc, aurocLow, aurocHigh, published }]: readonly [string, FindingEvaluation],
  y: number,
  sources: readonly PublishedSource[],
): Html {
  const shapes = sources.map(({ id }, index) => {
    const value = published[id];
    return value === undefined ? html`` : shape(index, at(value), y);
  });
  const interval =
    aurocLow === null || aurocHigh === null
      ? html``
      : html`<line x1="${at(aurocLow)}" x2="${at(aurocHigh)}" y1="${y}" y2="${y}" class="bar" />`;
  const own = auroc === null ? html`` : html`<circle cx="${at(auroc)}" cy="${y}" r="4" class="mark" />`;
  return html`<text x="${LABELS - 10}" y="${y + 4}" class="end">${findingLabel(finding)}</text
    >${shapes}${interval}${own}`;
}

function shape(index: number, x: number, y: number): Html {
  return html`<g transform="translate(${x} ${y})">${SHAPES[index % SHAPES.length]!}</g>`;
}

function legend(sources: readonly PublishedSource[], y: number): Html {
  const step = (LABELS + WIDTH) / (sources.length + 1);
  return html`<circle cx="16" cy="${y - 4}" r="4" class="mark" /><text x="26" y="${y}">measured here</text
    >${sources.map(({ name }, index) => {
      const x = 16 + step * (index + 0.8);
      return html`${shape(index, x, y - 4)}<text x="${x + 10}" y="${y}">${name}</text>`;
    })}`;
}
