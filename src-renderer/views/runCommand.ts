/** What each key command does. One table: a command without an action does not compile. */
import type { KeyCommand } from '../keyboard/keyTable';
import { orderScores } from '../findings/orderScores';
import { answerFinding, shownScores } from './answerFinding';
import type { FilmController } from '../viewer/filmController.svelte';
import type { Workstation } from './workstation.svelte';

type Action = (station: Workstation) => void;

export function runCommand(station: Workstation, command: KeyCommand): void {
  ACTIONS[command](station);
}

function onFilm(act: (film: FilmController) => void): Action {
  return ({ study, view }) => {
    const film = study.controllerOf(study.activeId);
    if (film !== undefined && view === 'reading') act(film);
  };
}

function whenReading(act: Action): Action {
  return (station) => {
    if (station.view === 'reading') act(station);
  };
}

function chooseFinding(number: number): Action {
  return whenReading((station) => {
    const score = shownScores(station)[number - 1];
    if (score === undefined) return;
    station.review.cursor = score.finding;
    if (!station.hidden) void station.attention.toggle(score.finding);
  });
}

/** On again with the finding that was shown last, else with the leading one. */
function toggleAttention({ study, attention, hidden }: Workstation): void {
  const prediction = study.subject?.prediction ?? null;
  if (prediction === null || hidden) return;
  if (attention.finding !== null) return void attention.choose(null);
  const highest = orderScores(prediction.scores, 'probability')[0]?.finding ?? null;
  void attention.choose(attention.lastFinding ?? prediction.leadingFinding ?? highest);
}

function goBack(station: Workstation): void {
  if (station.tasksOpen) station.tasksOpen = false;
  else if (station.view === 'worklist') return;
  else if (station.view !== 'reading') station.leavePage();
  else if (station.attention.finding !== null) void station.attention.choose(null);
  else station.leaveReading();
}

const ACTIONS: Readonly<Record<KeyCommand, Action>> = {
  help: (station) => (station.helpOpen = true),
  search: ({ view }) => {
    if (view === 'worklist') document.getElementById('worklist-search')?.focus();
  },
  'open-folder': (station) => void station.chooseImport('folder'),
  'open-files': (station) => void station.chooseImport('files'),
  models: (station) => station.openPage('models'),
  training: (station) => station.openPage('training'),
  settings: (station) => station.openPage('settings'),
  tasks: (station) => (station.tasksOpen = !station.tasksOpen),
  back: goBack,
  'next-study': whenReading((station) => void station.stepStudy(1)),
  'previous-study': whenReading((station) => void station.stepStudy(-1)),
  'next-film': whenReading(({ study }) => study.activateNext(1)),
  'previous-film': whenReading(({ study }) => study.activateNext(-1)),
  fit: onFilm((film) => film.fit()),
  'actual-size': onFilm((film) => film.actualSize(devicePixelRatio)),
  'zoom-in': onFilm((film) => film.zoom(1.25)),
  'zoom-out': onFilm((film) => film.zoom(0.8)),
  invert: onFilm((film) => (film.inverted = !film.inverted)),
  turn: onFilm((film) => film.toggleTurn()),
  overlays: onFilm((film) => void film.toggleOverlays()),
  reset: onFilm((film) => film.reset()),
  'next-window': onFilm((film) => film.nextPreset()),
  attention: whenReading(toggleAttention),
  grid: whenReading(({ settings }) => settings.change({ showGrid: !settings.current.showGrid })),
  order: whenReading(({ settings }) =>
    settings.change({ findingsOrder: settings.current.findingsOrder === 'card' ? 'probability' : 'card' }),
  ),
  'answer-present': whenReading((station) => answerFinding(station, 'present')),
  'answer-absent': whenReading((station) => answerFinding(station, 'absent')),
  'answer-unsure': whenReading((station) => answerFinding(station, 'unsure')),
  'answer-open': whenReading((station) => answerFinding(station, 'open')),
  agree: whenReading(({ study, review, hidden }) => {
    if (study.subject !== null && !hidden) void review.agree(study.subject);
  }),
  reviewed: whenReading((station) => {
    const review = station.study.subject?.review;
    if (review !== undefined) void station.markReviewed(!review.done);
  }),
  'finding-1': chooseFinding(1),
  'finding-2': chooseFinding(2),
  'finding-3': chooseFinding(3),
  'finding-4': chooseFinding(4),
  'finding-5': chooseFinding(5),
  'finding-6': chooseFinding(6),
  'finding-7': chooseFinding(7),
  'finding-8': chooseFinding(8),
  'finding-9': chooseFinding(9),
};
