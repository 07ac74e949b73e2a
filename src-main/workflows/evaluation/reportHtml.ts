/** The report as one page that needs nothing else: no script, no network; plots are inline, names are escaped. */
import type {
  CalibrationFigures,
  EvaluationReport,
  FindingEvaluation,
  GalleryFilm,
  ModelComparison,
} from '#main/contract/evaluation';
import { findingLabel } from '#main/contract/findings';
import { html, htmlTable, type Html, type HtmlColumn } from './html';
import { decimals, percent, withInterval } from './reportWords';
import { forestPlot, histogramPlot, precisionRecallPlot, reliabilityPlot, rocPlot } from './svgPlots';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
.notice{border:2px solid #b00;padding:.5rem 1rem;font-weight:600}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px;margin:.5rem 0}
th,td{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #ddd;vertical-align:top;white-space:nowrap}.number{text-align:right;font-variant-numeric:tabular-nums}
.text td{white-space:normal}.plots{display:flex;flex-wrap:wrap;gap:1rem}svg{width:15rem;font:11px system-ui,sans-serif}.forest{width:100%;max-width:46rem}
.frame{fill:none;stroke:#999}.guide{fill:none;stroke:#bbb;stroke-dasharray:3 3}.curve{fill:none;stroke:#0b5;stroke-width:1.6}.dashed{stroke:#555;stroke-dasharray:5 3}
.bar{stroke:#063;stroke-width:1.6;fill:none}.mark{fill:#063}.middle{text-anchor:middle}.end{text-anchor:end}.title{font-weight:600}.letter{fill:#777}
summary{cursor:pointer;font-weight:600;padding:.3rem 0}`;

/** Every page of ours begins with it: only those are written over. */
export const PAGE_START = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="Hilum evaluation">`;

export function reportHtml(report: EvaluationReport): string {
  const { notice, source } = report;
  const page = html`<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evaluation of ${source.predictions ?? source.images ?? ''}</title><style>${{ html: STYLE }}</style></head><body>
<p class="notice">${notice}</p>
${summaryPart(report)}${cutoffPart(report)}${fairnessPart(report)}
${report.comparison === null ? html`` : comparisonPart(report.comparison)}
<h2>Calibration</h2><p>Fitted on half of the patients, reported on the other half.</p>${htmlTable(CALIBRATION_COLUMNS, report.calibration)}
<h2>Finding by finding</h2>${Object.entries(report.findings).map(([finding, row]) => findingPart(finding, row))}
<h2>What is known of model and data</h2>
<table class="text"><tbody>${report.checklist.map(
    ({ item, answer }) =>
      html`<tr>
        <th scope="row">${item}</th>
        <td>${answer}</td>
      </tr>`,
  )}</tbody></table>
<p class="notice">${notice}</p></body></html>
`;
  return PAGE_START + page.html;
}

function summaryPart(report: EvaluationReport): Html {
  const { source, n, patients, bootstrap, mean, warnings, published } = report;
  const findings = Object.entries(report.findings);
  const model = source.model === null ? '' : ` Model ${source.model.id}, weights ${source.model.weightsSha256}.`;
  return html`<h1>What the model is worth on these films</h1>
    <p>
      ${n} films of ${patients} patients: ${source.predictions ?? source.images ?? ''}, labels ${source.labels}.${model}
      Intervals are 95 %, from ${bootstrap.count} bootstraps by patient (seed ${bootstrap.seed}). n+ = positive films.
    </p>
    ${
      warnings.length === 0
        ? html``
        : html`<ul>
            ${warnings.map((warning) => html`<li>${warning}</li>`)}
          </ul>`
    }
    <h2>AUROC</h2>
    ${forestPlot(findings, published.sources)}
    <p>
      Letters: published AUROCs (${published.sources.map(({ name }) => name).join(', ')}). ${published.notComparable}
    </p>
    <p>
      Mean of ${mean.findings} findings: AUROC ${withInterval('auroc', mean)}, average precision
      ${withInterval('averagePrecision', mean)}, F1 ${withInterval('f1', mean)}.
    </p>
    ${htmlTable(rankingColumns(report), findings)}`;
}

function cutoffPart(report: EvaluationReport): Html {
  const { cutoffs, rules, findings } = report;
  return html`<h2>At the cut-offs</h2>
    <p>${cutoffs.rule}. ${cutoffs.origin} ${chosenSentence(report)}</p>
    ${htmlTable(CUTOFF_COLUMNS, Object.entries(findings))}
    <h2>What rules for cut-offs do</h2>
    <p>On films that they were not chosen on.</p>
    ${htmlTable(RULE_COLUMNS, rules)}
    <h3>How the alarms on normal films are split over the findings</h3>
    ${splitTable(report)}`;
}

function fairnessPart(report: EvaluationReport): Html {
  return html`<h2>By sex, age and view</h2>
    <p>AUROC with its interval (DeLong, clustered by patient) and n+.</p>
    ${subgroupTable(report)}
    <h2>What view, age and sex alone would score</h2>
    <p>
      Where such a fact comes near the model, the model may have learnt the fact. Below 0.5 it speaks against the
      finding.
    </p>
    ${htmlTable(CONFOUNDER_COLUMNS, report.confounders)}`;
}

type FindingRow = readonly [finding: string, evaluation: FindingEvaluation];

const NAME: HtmlColumn<FindingRow> = { heading: 'Finding', cell: ([finding]) => findingLabel(finding) };

function rankingColumns({ published }: EvaluationReport): HtmlColumn<FindingRow>[] {
  return [
    NAME,
    { heading: 'n+', number: true, cell: ([, { positives }]) => positives },
    { heading: 'n', number: true, cell: ([, { n }]) => n },
    { heading: 'AUROC', cell: ([, row]) => row.undefinedReason ?? withInterval('auroc', row) },
    { heading: 'DeLong', cell: ([, { delong }]) => intervalOf(delong) },
    { heading: 'DeLong by patient', cell: ([, { delongByPatient }]) => intervalOf(delongByPatient) },
    { heading: 'Average precision', cell: ([, row]) => withInterval('averagePrecision', row) },
    { heading: 'Brier', cell: ([, row]) => withInterval('brier', row) },
    { heading: 'Calibration error', cell: ([, row]) => withInterval('ece', row) },
    ...published.sources.map(({ id, name }): HtmlColumn<FindingRow> => ({
      heading: name,
      number: true,
      cell: ([, row]) => decimals(row.published[id] ?? null),
    })),
  ];
}

function intervalOf(interval: { readonly low: number; readonly high: number } | null): string {
  return interval === null ? '–' : `${decimals(interval.low)}–${decimals(interval.high)}`;
}

const CUTOFF_COLUMNS: readonly HtmlColumn<FindingRow>[] = [
  NAME,
  { heading: 'n+', number: true, cell: ([, { cutoffPositives }]) => cutoffPositives },
  { heading: 'n', number: true, cell: ([, { cutoffN }]) => cutoffN },
  { heading: 'Cut-off', number: true, cell: ([, { cutoff }]) => (cutoff === null ? 'none' : cutoff.toFixed(6)) },
  { heading: 'F1', cell: ([, row]) => withInterval('f1', row) },
  { heading: 'Sensitivity', cell: ([, row]) => withInterval('sensitivity', row) },
  { heading: 'Specificity', cell: ([, row]) => withInterval('specificity', row) },
  { heading: 'PPV', cell: ([, row]) => withInterval('ppv', row) },
  { heading: 'NPV', cell: ([, row]) => withInterval('npv', row) },
  {
    heading: 'PPV / NPV at a prevalence',
    cell: ([, { atPrevalence: at }]) =>
      at === null ? '–' : `${decimals(at.ppv)} / ${decimals(at.npv)} at ${percent(at.prevalence)}`,
  },
  { heading: 'Flags', number: true, cell: ([, { flags }]) => flags },
  { heading: 'Per 100 normal films', number: true, cell: ([, row]) => row.flagsPer100Normals?.toFixed(1) ?? '–' },
  {
    heading: 'Films read before a positive (median), by time → by priority',
    cell: ([, { waiting }]) =>
      waiting === null
        ? '–'
        : `${waiting.medianBeforeInTimeOrder} → ${waiting.medianBeforeInPriorityOrder} of ${waiting.films} (n+ ${waiting.positives})`,
  },
];

function chosenSentence({ cutoffs: { chosenOn, reportedOn } }: EvaluationReport): string {
  const reported = `Reported on ${reportedOn.n} films of ${reportedOn.patients} patients, ${reportedOn.normals} without any finding.`;
  if (chosenOn === null) return reported;
  return `Chosen on ${chosenOn.n} films of ${chosenOn.patients} patients, ${chosenOn.normals} without any finding. ${reported}`;
}

const RULE_COLUMNS: readonly HtmlColumn<EvaluationReport['rules'][number]>[] = [
  { heading: 'Rule', cell: ({ rule }) => rule },
  { heading: 'Films', number: true, cell: ({ n }) => n },
  { heading: 'Normal films', number: true, cell: ({ normals }) => normals },
  { heading: 'Normal films flagged', cell: (row) => withInterval('normalsFlagged', row) },
  { heading: 'All films flagged', number: true, cell: ({ filmsFlagged }) => decimals(filmsFlagged) },
  { heading: 'Flags per film', number: true, cell: ({ flagsPerFilm }) => flagsPerFilm.toFixed(2) },
  {
    heading: 'Abnormal films with a right flag',
    number: true,
    cell: ({ abnormalWithCorrectFlag }) => decimals(abnormalWithCorrectFlag),
  },
  { heading: 'Mean sensitivity', number: true, cell: ({ meanSensitivity }) => decimals(meanSensitivity) },
];

function splitTable({ rules, findings }: EvaluationReport): Html {
  const columns = rules.map(({ rule, split }): HtmlColumn<string> => ({
    heading: rule,
    number: true,
    cell: (finding) => decimals(split[finding] ?? null),
  }));
  return htmlTable([{ heading: 'Finding', cell: findingLabel }, ...columns], Object.keys(findings));
}

function subgroupTable({ subgroups, findings }: EvaluationReport): Html {
  const columns = subgroups.map(({ by, group, n, findings: rows }): HtmlColumn<string> => ({
    heading: `${by} ${group} (n ${n})`,
    cell: (finding) => {
      const row = rows[finding];
      if (row === undefined) return '–';
      return `${row.undefinedReason ?? withInterval('auroc', row)}, n+ ${row.positives}`;
    },
  }));
  return htmlTable([{ heading: 'Finding', cell: findingLabel }, ...columns], Object.keys(findings));
}

const CONFOUNDER_COLUMNS: readonly HtmlColumn<EvaluationReport['confounders'][number]>[] = [
  { heading: 'Finding', cell: ({ finding }) => findingLabel(finding) },
  { heading: 'Fact', cell: ({ fact }) => fact },
  { heading: 'n+', number: true, cell: ({ positives }) => positives },
  { heading: 'n', number: true, cell: ({ n }) => n },
  { heading: 'AUROC of the fact alone', cell: (row) => withInterval('auroc', row) },
  { heading: 'AUROC of the model there', number: true, cell: ({ modelAuroc }) => decimals(modelAuroc) },
];

function comparisonPart({ other, n, patients, findings, mean }: ModelComparison): Html {
  const columns: readonly HtmlColumn<readonly [string, ModelComparison['findings'][string]]>[] = [
    { heading: 'Finding', cell: ([finding]) => findingLabel(finding) },
    { heading: 'n+', number: true, cell: ([, { positives }]) => positives },
    { heading: 'AUROC', number: true, cell: ([, { auroc }]) => decimals(auroc) },
    { heading: 'Other AUROC', number: true, cell: ([, { otherAuroc }]) => decimals(otherAuroc) },
    { heading: 'Difference', cell: ([, row]) => withInterval('difference', row) },
    { heading: 'p (DeLong by patient)', number: true, cell: ([, { p }]) => decimals(p) },
  ];
  return html`<h2>Beside another model</h2>
    <p>
      This one minus ${other}, on ${n} films of ${patients} patients. Mean difference of ${mean.findings} findings:
      ${withInterval('difference', mean)}.
    </p>
    ${htmlTable(columns, Object.entries(findings))}`;
}

const CALIBRATION_COLUMNS: readonly HtmlColumn<EvaluationReport['calibration'][number]>[] = [
  { heading: 'Finding', cell: ({ finding }) => findingLabel(finding) },
  { heading: 'Method', cell: ({ method }) => method },
  { heading: 'n+ fitted', number: true, cell: ({ fittedOn }) => fittedOn.positives },
  { heading: 'n+ reported', number: true, cell: ({ reportedOn }) => reportedOn.positives },
  { heading: 'Calibration error', number: true, cell: beforeAfter('ece') },
  { heading: 'Brier', number: true, cell: beforeAfter('brier') },
  { heading: 'Log loss', number: true, cell: beforeAfter('logLoss') },
];

function beforeAfter(figure: keyof CalibrationFigures): (row: EvaluationReport['calibration'][number]) => string {
  return ({ before, after }) => `${before[figure].toFixed(4)} → ${after[figure].toFixed(4)}`;
}

function findingPart(finding: string, evaluation: FindingEvaluation): Html {
  const { positives, n, undefinedReason } = evaluation;
  const heading = `${findingLabel(finding)}: ${undefinedReason ?? `AUROC ${withInterval('auroc', evaluation)}`}, n+ ${positives} of ${n}`;
  if (undefinedReason !== null) return html`<p>${heading}</p>`;
  return html`<details>
    <summary>${heading}</summary>
    <div class="plots">
      ${rocPlot(evaluation)}${precisionRecallPlot(evaluation)}${reliabilityPlot(evaluation)}${histogramPlot(evaluation)}
    </div>
    <h4>Least likely of the positive films</h4>
    ${htmlTable(GALLERY_COLUMNS, evaluation.falseNegatives)}
    <h4>Most likely of the negative films</h4>
    ${htmlTable(GALLERY_COLUMNS, evaluation.falsePositives)}
  </details>`;
}

const GALLERY_COLUMNS: readonly HtmlColumn<GalleryFilm>[] = [
  { heading: 'Film', cell: ({ film }) => film },
  { heading: 'Probability', number: true, cell: ({ probability }) => probability.toFixed(6) },
  { heading: 'View', cell: ({ view }) => view ?? '–' },
  { heading: 'Age', number: true, cell: ({ ageYears }) => (ageYears === null ? '–' : Math.floor(ageYears)) },
  { heading: 'Sex', cell: ({ sex }) => sex ?? '–' },
];
