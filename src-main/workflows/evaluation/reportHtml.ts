/** The report as one page that needs nothing else: no script, no network; plots are inline, names are escaped. */
import { isByHalves, type EvaluationReport, type FindingEvaluation } from '#main/contract/evaluation';
import { findingLabel } from '#main/contract/findings';
import { forestPlot } from './forestPlot';
import { html, type Html } from './html';
import { readerStudyPart } from './readerStudyHtml';
import { galleryPart, pictureStore, type Pictures } from './reportGallery';
import { REPORT_STYLE } from './reportStyle';
import * as groupTables from './reportGroupTables';
import * as tables from './reportTables';
import { percent, withInterval } from './reportWords';
import { histogramPlot, precisionRecallPlot, reliabilityPlot, rocPlot } from './svgPlots';

/** Every page of ours begins with it: only those are written over. */
export const PAGE_START = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="Hilum evaluation">`;

export type PageOptions = {
  /** ISO 8601. */
  readonly measuredAt: string;
  /** Of the films in the galleries, where they are at hand. */
  readonly pictures: Pictures;
};

export function reportHtml(report: EvaluationReport, { measuredAt, pictures }: PageOptions): string {
  const { notice, source, findings } = report;
  const of = source.model?.id ?? source.predictions ?? '';
  const page = html`<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Evaluation of ${of}</title><style>${{ html: REPORT_STYLE }}</style></head><body>
<p class="notice">${notice}</p>
<h1>Evaluation of ${of}</h1>
${aboutPart(report, measuredAt)}
<nav aria-label="Findings">${Object.keys(findings).map((finding) => html`<a href="#finding-${finding}">${findingLabel(finding)}</a>`)}</nav>
${aurocPart(report)}${cutoffPart(report)}${fairnessPart(report)}${comparisonPart(report)}
${report.readers === null ? html`` : readerStudyPart(report.readers)}
<h2>Calibration</h2><p>${isByHalves(report) ? 'Fitted on half of the patients, reported on the other half' : 'Fitted on the films that chose the cut-offs, reported on all of these'}, before → after.</p>${tables.calibrationTable(report)}
<h2>Finding by finding</h2><p>${picturesSentence(report, pictures)}</p>
${Object.entries(findings).map(([finding, row]) => findingPart(finding, row, pictures))}
<h2>What is known of model and data</h2><p>In the manner of CLAIM (Checklist for Artificial Intelligence in Medical Imaging, 2024).</p>
<table class="text"><tbody>${report.checklist.map(
    ({ item, answer }) =>
      html`<tr>
        <th scope="row">${item}</th>
        <td>${answer}</td>
      </tr>`,
  )}</tbody></table>
<p class="notice">${notice}</p>${pictureStore(pictures)}</body></html>
`;
  return PAGE_START + page.html;
}

function aboutPart({ source, n, patients, bootstrap, warnings }: EvaluationReport, measuredAt: string): Html {
  const { model } = source;
  const rows: readonly (readonly [string, string])[] = [
    ['Films', `${n} of ${patients} patients, from ${source.predictions ?? source.images ?? ''}`],
    ['Labels', `${source.labels} (${source.labelFormat})`],
    ...(model === null
      ? []
      : ([
          ['Model', `${model.id}${model.version === null ? '' : `, version ${model.version}`}`],
          ['Weights', `SHA-256 ${model.weightsSha256}`],
          ['Computed by', model.backend ?? 'not known'],
        ] as const)),
    ['Measured', `${measuredAt.slice(0, 16).replace('T', ' ')} UTC`],
    ['Intervals', `95 %, from ${bootstrap.count} bootstraps that draw whole patients (seed ${bootstrap.seed})`],
    ['n+', 'films with the finding; n: films whose label is known'],
  ];
  return html`<dl class="about">
      ${rows.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${
      warnings.length === 0
        ? html``
        : html`<div class="caution">
            <ul>
              ${warnings.map((warning) => html`<li>${warning}</li>`)}
            </ul>
          </div>`
    }`;
}

function aurocPart(report: EvaluationReport): Html {
  const { mean, published, findings } = report;
  return html`<h2>Ranking: AUROC</h2>
    <p>
      Mean of ${mean.findings} findings: AUROC ${withInterval('auroc', mean)}, average precision
      ${withInterval('averagePrecision', mean)}, Brier score ${withInterval('brier', mean)}.
    </p>
    ${forestPlot(Object.entries(findings), published.sources)}
    <p>${published.notComparable}</p>
    ${tables.aurocTable(report)}`;
}

function cutoffPart(report: EvaluationReport): Html {
  const { cutoffs, findings, mean } = report;
  const rows = Object.values(findings);
  const prevalence = rows.find(({ atPrevalence }) => atPrevalence !== null)?.atPrevalence?.prevalence ?? null;
  const dated = rows.some(({ waiting }) => waiting !== null);
  return html`<h2>At the cut-offs</h2>
    <p>
      ${capitalised(cutoffs.rule)}. ${cutoffs.origin} ${chosenSentence(report)} Mean F1 ${withInterval('f1', mean)}.
    </p>
    ${tables.cutoffTable(report)} ${viewPart(report)}
    <h3>Predictive values at a stated prevalence</h3>
    <p>
      ${
        prevalence === null
          ? 'None was stated (--prevalence). PPV and NPV hold for the share of positives in these films only, which is rarely that of a reading room.'
          : `Re-weighted by Bayes’ rule from sensitivity and specificity to a share of positives of ${percent(prevalence)}.`
      }
    </p>
    ${prevalence === null ? html`` : tables.prevalenceTable(report)}
    <h3>What it does to the reading list</h3>
    <p>
      A wait is the number of films that are read before a positive one: in the order in which they came, and in the
      order of their priority, with the urgency that this site gives each
      finding.${dated ? '' : ' These films have no dates, so there are no waits.'}
    </p>
    ${tables.workTable(report)}
    <h2>What rules for cut-offs do</h2>
    <p>
      On films that they were not chosen on:
      ${
        isByHalves(report)
          ? 'where half of the patients choose, each half is judged with the cut-offs of the other one, and both together are counted.'
          : 'the films that chose the cut-offs in use choose all of them.'
      }
    </p>
    ${tables.ruleTable(report)}
    <h3>How the alarms on normal films are split over the findings</h3>
    <p>Share of normal films that each finding flags.</p>
    ${groupTables.splitTable(report)}`;
}

function viewPart(report: EvaluationReport): Html {
  if (report.views.length === 0) return html``;
  return html`<h3>AP and PA</h3>
    <p>
      AP is how patients are taken who can not stand: one cut-off for both views flags more of the normal AP films.
      Below: what either view is judged by, and what that does on the films that the cut-offs are reported on.
    </p>
    ${groupTables.viewsTable(report)} ${groupTables.viewTable(report)}`;
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function chosenSentence({ cutoffs: { chosenOn, reportedOn } }: EvaluationReport): string {
  const reported = `Reported on ${reportedOn.n} films of ${reportedOn.patients} patients, ${reportedOn.normals} without any finding.`;
  if (chosenOn === null) return reported;
  return `Chosen on ${chosenOn.n} films of ${chosenOn.patients} patients, ${chosenOn.normals} without any finding. ${reported}`;
}

function fairnessPart(report: EvaluationReport): Html {
  return html`<h2>By sex, age and view</h2>
    <p>
      AUROC with its interval (DeLong, clustered by patient) and n+; below, sensitivity and specificity at the cut-offs.
    </p>
    ${groupTables.subgroupTable(report)} ${groupTables.subgroupRatesTable(report)}
    <h2>Confounders: what view, age and sex alone would score</h2>
    <p>
      AUROC of the fact alone, and of the model on the same films. Where a fact comes near the model, the model may have
      learnt the fact. Below 0.5 it speaks against the finding.
    </p>
    ${groupTables.confounderTable(report)}`;
}

function comparisonPart({ comparison }: EvaluationReport): Html {
  if (comparison === null) return html``;
  const { other, n, patients, mean } = comparison;
  return html`<h2>Beside another model</h2>
    <p>
      This one minus ${other}, on ${n} films of ${patients} patients. Mean difference of ${mean.findings} findings:
      ${withInterval('difference', mean)}.
    </p>
    ${tables.comparisonTable(comparison)}`;
}

function picturesSentence({ source }: EvaluationReport, pictures: Pictures): string {
  const about = 'The films that the model was most wrong about are the first to look at: often the label is.';
  if (pictures.size > 0) {
    return `${about} This page holds pictures of ${pictures.size} films: keep it as you keep them. Choose one to enlarge it.`;
  }
  return source.images === null
    ? `${about} The films are not at hand, only their probabilities: with --images this page shows them.`
    : `${about} This page holds no pictures of them.`;
}

function findingPart(finding: string, evaluation: FindingEvaluation, pictures: Pictures): Html {
  const { positives, n, undefinedReason } = evaluation;
  const heading = html`<h3>${findingLabel(finding)}</h3>
    <p>${undefinedReason ?? `AUROC ${withInterval('auroc', evaluation)}`}; n+ ${positives} of ${n}.</p>`;
  return html`<section class="finding" id="finding-${finding}">
    ${heading}
    ${
      undefinedReason === null
        ? html`<div class="plots">
              ${rocPlot(evaluation)}${precisionRecallPlot(evaluation)}${reliabilityPlot(evaluation)}${histogramPlot(
                evaluation,
              )}
            </div>
            ${galleryPart(finding, evaluation, pictures)}`
        : html``
    }
  </section>`;
}
