/**
 * The films that a model was most wrong about. Pictures lie in the page once, as JPEG; a tile shows one small and opens
 * it large, with the page's own means (`popover`, `use`): no script, no network.
 */
import { cutoffWords } from '#main/contract/cutoffs';
import type { FindingEvaluation, GalleryFilm } from '#main/contract/evaluation';
import { findingLabel } from '#main/contract/findings';
import { printedProbability } from '#main/contract/priority';
import { html, htmlTable, type Html, type HtmlColumn } from './html';
import { decimals } from './reportWords';

/** JPEG as base64, by content of the film. */
export type Pictures = ReadonlyMap<string, string>;

type Gallery = {
  readonly id: string;
  readonly heading: string;
  /** What the tables say of these films. */
  readonly label: string;
  readonly films: readonly GalleryFilm[];
};

export function galleryPart(finding: string, evaluation: FindingEvaluation, pictures: Pictures): Html {
  const { falseNegatives, falsePositives, cutoff, cutoffsByView } = evaluation;
  const name = findingLabel(finding);
  const words = cutoffWords(cutoff, cutoffsByView, printedProbability);
  const at = cutoff === null ? 'no cut-off: nothing is flagged' : `cut-off ${words}`;
  const galleries: readonly Gallery[] = [
    {
      id: `${finding}-missed`,
      heading: cutoff === null ? 'Positives with the lowest probabilities' : 'Missed: the worst false negatives',
      ...{ label: `labelled ${name}`, films: falseNegatives },
    },
    {
      id: `${finding}-alarm`,
      heading: cutoff === null ? 'Negatives with the highest probabilities' : 'False alarms: the worst false positives',
      ...{ label: `labelled without ${name}`, films: falsePositives },
    },
  ];
  const hasPictures = galleries.some(({ films }) => films.some((film) => pictureOf(film, pictures) !== null));
  if (hasPictures) return html`${galleries.map((gallery) => tiles(gallery, name, at, pictures))}`;
  return html`<div class="tables">
    ${galleries.map(
      ({ heading, label, films }) =>
        html`<div>
          <h4>${heading}</h4>
          <p class="soft">${films.length} shown, ${label}; ${at}.</p>
          ${films.length === 0 ? html`` : htmlTable(COLUMNS, films)}
        </div>`,
    )}
  </div>`;
}

const COLUMNS: readonly HtmlColumn<GalleryFilm>[] = [
  { heading: 'Film', cell: ({ film }) => film },
  { heading: 'Probability', number: true, cell: ({ probability }) => printedProbability(probability) },
  { heading: 'View', cell: ({ view }) => view ?? '–' },
  { heading: 'Age', number: true, cell: ({ ageYears }) => (ageYears === null ? '–' : Math.floor(ageYears)) },
  { heading: 'Sex', cell: ({ sex }) => sex ?? '–' },
];

function tiles({ id, heading, label, films }: Gallery, finding: string, at: string, pictures: Pictures): Html {
  return html`<h4>${heading}</h4>
    <p class="soft">${films.length} shown, ${label}; ${at}.</p>
    <ul class="films">
      ${films.map((film, index) => tile(film, { id: `${id}-${index}`, finding, label, at }, pictures))}
    </ul>`;
}

type TileContext = { readonly id: string; readonly finding: string; readonly label: string; readonly at: string };

function tile(film: GalleryFilm, { id, finding, label, at }: TileContext, pictures: Pictures): Html {
  const probability = printedProbability(film.probability);
  const lines = html`<span><b>${decimals(film.probability)}</b> ${aboutPatient(film)}</span
    ><span title="${film.film}">${film.film}</span>`;
  const picture = pictureOf(film, pictures);
  if (picture === null) {
    return html`<li>
      <div class="film"><span class="picture none">film not at hand</span>${lines}</div>
    </li>`;
  }
  return html`<li>
    <button class="film" type="button" popovertarget="${id}" aria-label="Enlarge ${film.film}">
      <svg class="picture" viewBox="0 0 512 512" aria-hidden="true"><use href="#${picture}" /></svg>${lines}
    </button>
    <div id="${id}" popover>
      <svg viewBox="0 0 512 512" role="img" aria-label="${film.film}"><use href="#${picture}" /></svg>
      <button type="button" popovertarget="${id}" popovertargetaction="hide">Close</button>
      <p>${finding} ${probability}, ${at}; ${label}. ${aboutPatient(film)}</p>
      <p class="soft">${film.film}${placeOf(film)}</p>
    </div>
  </li>`;
}

function aboutPatient({ view, ageYears, sex }: GalleryFilm): string {
  return [view, ageYears === null ? null : `${Math.floor(ageYears)} y`, sex]
    .filter((part) => part !== null)
    .join(' · ');
}

function placeOf({ original }: GalleryFilm): string {
  if (original === null) return '';
  return `, from ${original.path}${original.entry === null ? '' : `/${original.entry}`}`;
}

/** The id of the picture in the page; null where there is none. */
function pictureOf({ original }: GalleryFilm, pictures: Pictures): string | null {
  return original !== null && pictures.has(original.contentSha256) ? pictureId(original.contentSha256) : null;
}

function pictureId(contentSha256: string): string {
  return `film-${contentSha256.slice(0, 16)}`;
}

/** All pictures of the page, once each. */
export function pictureStore(pictures: Pictures): Html {
  if (pictures.size === 0) return html``;
  return html`<svg class="store" aria-hidden="true">
    <defs>
      ${[...pictures].map(
        ([contentSha256, base64]) =>
          html`<image
            id="${pictureId(contentSha256)}"
            width="512"
            height="512"
            preserveAspectRatio="xMidYMid meet"
            href="data:image/jpeg;base64,${base64}"
          />`,
      )}
    </defs>
  </svg>`;
}
