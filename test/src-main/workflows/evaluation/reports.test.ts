import { describe, expect, it } from 'vitest';
import { cutoffWords } from '#main/contract/cutoffs';
import type { EvaluationReport, GalleryFilm } from '#main/contract/evaluation';
import { DEFAULT_URGENCY_TIERS } from '#main/contract/findings';
import { NOTICE } from '#main/contract/prediction';
import { evaluatePredictions } from '#main/workflows/evaluation/evaluatePredictions';
import { reportCsv } from '#main/workflows/evaluation/reportCsv';
import { reportHtml } from '#main/workflows/evaluation/reportHtml';
import { NO_PICTURES } from '#main/workflows/evaluation/reportPictures';
import { fixtureFile } from '#test/src-main/chexnet/evaluation/readFixture';
import { rowsOf } from '#test/cli/hilum';

const report = await evaluatePredictions({
  predictions: fixtureFile('predictions.csv.gz'),
  labels: fixtureFile('labels.csv.gz'),
  paired: fixtureFile('other-predictions.csv.gz'),
  ...{
    validation: null,
    readers: null,
    leaveOutTrained: false,
    rule: 'budget:0.2',
    byView: true,
    prevalence: 0.02,
    tiers: DEFAULT_URGENCY_TIERS,
    bootstraps: 100,
    seed: 1,
  },
});

const MEASURED_AT = '2026-03-01T10:20:30.000Z';
const original = { path: '/films/a.png', entry: null, contentSha256: 'a'.repeat(64) };
const film = { film: 'a.png', probability: 0.5, view: 'PA', ageYears: 61.9, sex: 'F', original } as const;

/** The report with other films that Effusion was missed on. */
function withMissed(falseNegatives: readonly GalleryFilm[]): EvaluationReport {
  const effusion = { ...report.findings['Effusion']!, falseNegatives };
  return { ...report, findings: { ...report.findings, Effusion: effusion } };
}

describe('the page of an evaluation', () => {
  const page = reportHtml(report, { measuredAt: MEASURED_AT, pictures: NO_PICTURES });

  it('needs nothing but itself, and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|javascript:|\son\w+=/i);
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => `#${id}`));
    const places = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, place]) => place);
    expect(places.length).toBe(14);
    expect(places.filter((place) => !ids.has(place!))).toEqual([]);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
    expect(page).not.toMatch(/NaN|undefined|\[object/);
  });

  it('carries the notice, every finding with its figures, and what is known of the data', () => {
    expect(page.split(NOTICE).length).toBeGreaterThan(2);
    const { auroc, aurocLow, aurocHigh, ppv, ppvLow, ppvHigh } = report.findings['Effusion']!;
    expect(page).toContain(
      `AUROC ${auroc!.toFixed(3)} (${aurocLow!.toFixed(3)}–${aurocHigh!.toFixed(3)}); n+ 242 of 2000`,
    );
    expect(page).toContain(`${ppv!.toFixed(3)}<small>${ppvLow!.toFixed(3)}–${ppvHigh!.toFixed(3)}</small>`);
    expect(page).toContain('no positive film; n+ 0 of 2000');
    expect(page).toContain('to a share of positives of 2 %');
    expect(page).toContain('2026-03-01 10:20 UTC');
    expect(page).toContain(report.published.notComparable.replaceAll("'", '&#39;'));
    for (const { item } of report.checklist) expect(page).toContain(`<th scope="row">${item}</th>`);
    // Thirteen findings are defined: four plots each, and the one of all.
    expect(page.split('<svg').length - 1).toBe(13 * 4 + 1);
  });

  it('shows what either view is judged by, with intervals and what the cut-offs rest on, or why it has none', () => {
    for (const { view, normals, reason, findings } of report.views) {
      const { sensitivity, sensitivityLow, sensitivityHigh, cutoff, own } = findings['Effusion']!;
      expect(page).toContain(
        `${sensitivity!.toFixed(3)}<small>${sensitivityLow!.toFixed(3)}–${sensitivityHigh!.toFixed(3)}</small>`,
      );
      expect(page).toContain(`${cutoff!.toFixed(6)}<small>${own ? 'its own' : 'common'}</small>`);
      expect(page).toMatch(new RegExp(`<td>${view}</td>\\s*<td class="number">\\d+</td>[^]*>${normals}</td>`));
      if (reason !== null) expect(page).toContain(`common: ${reason}`);
    }
    expect(report.views.map(({ reason }) => reason === null)).toContain(true);
    expect(page).toContain('Normal AP films flagged');
  });

  it('says that films are not at hand, and shows them as a table', () => {
    expect(page).toContain('The films are not at hand, only their probabilities');
    expect(page).not.toContain('popover=');
    const { falseNegatives, cutoff, cutoffsByView } = report.findings['Effusion']!;
    expect(falseNegatives.length).toBe(20);
    expect(page).toContain(
      `20 shown, labelled Effusion; cut-off ${cutoffWords(cutoff, cutoffsByView, (value) => value.toFixed(6))}.`,
    );
    expect(page).toContain(falseNegatives[0]!.probability.toFixed(6));
  });

  it('holds a picture once, however many findings show it, and opens it large without a script', () => {
    const gone = { ...film, film: 'gone.png', original: { ...original, contentSha256: 'b'.repeat(64) } };
    const shown = withMissed([film, gone, film]);
    const pictures = new Map([[original.contentSha256, 'QUJD']]);
    const withFilms = reportHtml(shown, { measuredAt: MEASURED_AT, pictures });
    expect(withFilms.split('data:image/jpeg;base64,QUJD').length - 1).toBe(1);
    const id = /<image\s+id="([^"]+)"/.exec(withFilms)?.[1];
    // Small and large, of each of the two.
    expect(withFilms.split(`<use href="#${id}" />`).length - 1).toBe(4);
    for (const target of ['Effusion-missed-0', 'Effusion-missed-2']) {
      expect(withFilms).toContain(`popovertarget="${target}" aria-label="Enlarge a.png"`);
      expect(withFilms).toContain(`<div id="${target}" popover`);
    }
    expect(withFilms).toContain('film not at hand');
    expect(withFilms).toContain('Effusion 0.500000, cut-off');
    expect(withFilms).toContain('PA · 61 y · F');
    expect(withFilms).toContain('a.png, from /films/a.png');
    expect(withFilms).not.toMatch(/<script|<img|\son\w+=/i);
  });

  it('shows names that strangers gave as text', () => {
    const name = `<img src=x onerror=alert(1)>"'&.png`;
    const stranger = { ...film, film: name, view: name, original: { ...original, path: name } };
    const shown = withMissed([stranger]);
    const hostile = { ...shown, source: { ...shown.source, predictions: name }, warnings: [name] };
    const pictures = new Map([[original.contentSha256, 'QUJD']]);
    for (const some of [NO_PICTURES, pictures]) {
      const hostilePage = reportHtml(hostile, { measuredAt: MEASURED_AT, pictures: some });
      expect(hostilePage).not.toContain('<img');
      expect(hostilePage).not.toContain(`"'&.png`);
      expect(hostilePage).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;.png');
    }
  });
});

describe('the table of an evaluation', () => {
  it('has a row for each finding and group, with interval and positives, and no number where nothing is defined', () => {
    const rows = rowsOf(reportCsv(report));
    expect(rows.length).toBe(14 + 1 + 14 * report.subgroups.length);
    const effusion = rows.find(({ finding, group }) => finding === 'Effusion' && group === 'all')!;
    const { auroc, f1Low, cutoff } = report.findings['Effusion']!;
    expect(effusion).toMatchObject({ n: '2000', positives: '242', chexnet2017: '0.8638', notice: NOTICE });
    expect([effusion['auroc'], effusion['f1_low'], effusion['cutoff']].map(Number)).toEqual([auroc, f1Low, cutoff]);
    const { cutoff: ofPa } = report.views.find(({ view }) => view === 'PA')!.findings['Effusion']!;
    expect(rows.find(({ finding, group }) => finding === 'Effusion' && group === 'view PA')).toMatchObject({
      ...{ cutoff: String(ofPa), cutoff_rule: 'alarm budget 20 %, AP and PA apart; own of this view' },
    });
    expect(rows.find(({ finding }) => finding === 'Hernia')).toMatchObject({
      ...{ positives: '0', undefined_reason: 'no positive film', auroc: '', auroc_low: '', f1: '' },
    });
    expect(rows.some((row) => Object.values(row).some((cell) => cell === 'NaN' || cell === 'null'))).toBe(false);
  });
});
