/**
 * One film on the screen: its samples, window, polarity and view. Owns no element; the viewport draws what it says.
 */
import type { HilumApi } from '#main/contract/createApi';
import type { VoiPreset } from '#main/contract/film';
import type { FilmView } from '#main/contract/study';
import { displayTable, tableOffset } from '#main/imaging/grey/displayTable';
import { fullRangeWindow, userWindow } from '#main/imaging/grey/presets';
import { isTurned, NO_TURN } from '#main/imaging/grey/turn';
import { modalityFunction } from '#main/imaging/grey/voiFunction';
import { isCancelled, toErrorBody, type ErrorBody } from '#main/contract/errors';
import { call } from '../shared/call';
import type { FilmSamples } from './filmPicture';
import { loadOverlays, loadSamples } from './loadSamples';
import {
  apply,
  fitView,
  invert,
  multiply,
  panBy,
  turnMatrix,
  uprightSize,
  viewMatrix,
  zoomAt,
  type Matrix,
  type Point,
  type Size,
  type View,
} from './viewGeometry';

/** A drag over this many CSS pixels changes the window by the film's whole range. */
const DRAG_OVER_RANGE = 1000;
const SMALLEST_WIDTH = 1;

export type Probe = { readonly column: number; readonly row: number; readonly value: number; readonly grey: number };

export class FilmController {
  readonly film: FilmView;
  /** Windows of the file (never empty), then the full range. */
  readonly presets: readonly VoiPreset[];
  samples: FilmSamples | null = $state.raw(null);
  problem: ErrorBody | null = $state.raw(null);
  preset: VoiPreset;
  /** The reader's own turn of polarity, on top of the file's. */
  inverted = $state(false);
  /** The header's turn is undone: a wrong tag mimics dextrocardia. */
  asStored = $state(false);
  /** What the header's overlays draw; null until it was asked for. */
  overlays: Uint8Array | null = $state.raw(null);
  overlaysShown = $state(false);
  view: View = $state.raw({ center: { x: 0, y: 0 }, scale: 1 });
  box: Size = $state.raw({ width: 0, height: 0 });
  /** Fitted films follow the size of their viewport. */
  fitted = $state(true);
  /** A drag goes on: draw fast rather than fine. */
  dragging = $state(false);

  readonly table = $derived.by(() =>
    displayTable(this.film.grey, this.preset, this.film.grey.inverted !== this.inverted),
  );
  readonly #hanging = $derived.by(() => ({ ...this.film.geometry, ...(this.asStored ? { turn: NO_TURN } : {}) }));
  /** Size of the film as it hangs. */
  readonly upright: Size = $derived.by(() => uprightSize(this.#hanging));
  /** Stored pixels → CSS pixels of the viewport. */
  readonly matrix: Matrix = $derived.by(() => multiply(viewMatrix(this.view, this.box), turnMatrix(this.#hanging)));
  /** The film as the network saw it, turned by its header, → CSS pixels: attention maps lie in it. */
  readonly networkMatrix: Matrix = $derived.by(() => multiply(this.matrix, invert(turnMatrix(this.film.geometry))));

  readonly #api: HilumApi;
  readonly #loading = new AbortController();

  constructor(api: HilumApi, film: FilmView) {
    this.#api = api;
    this.film = film;
    this.presets = [...film.grey.presets, fullRangeWindow(film.grey)];
    this.preset = $state.raw(this.presets[0] as VoiPreset);
  }

  get turned(): boolean {
    return isTurned(this.film.geometry.turn);
  }

  get hasOverlays(): boolean {
    return this.film.facts.overlays.length > 0;
  }

  get networkSize(): Size {
    return uprightSize(this.film.geometry);
  }

  async load(): Promise<void> {
    if (this.samples !== null) return;
    this.problem = null;
    try {
      const film = await call(this.#api.openFilm({ filmId: this.film.id }));
      this.samples = await loadSamples(film, this.#loading.signal);
    } catch (error) {
      if (!this.#loading.signal.aborted && !isCancelled(error)) this.problem = toErrorBody(error);
    }
  }

  /** They are fetched when they are first asked for: few films have any. */
  async toggleOverlays(): Promise<void> {
    if (!this.hasOverlays) return;
    this.overlaysShown = !this.overlaysShown;
    if (this.overlays !== null) return;
    try {
      this.overlays = await loadOverlays(this.film, this.#loading.signal);
    } catch (error) {
      if (!this.#loading.signal.aborted) this.problem = toErrorBody(error);
    }
  }

  dispose(): void {
    this.#loading.abort();
    this.samples = null;
    this.overlays = null;
  }

  resize(box: Size): void {
    this.box = box;
    if (this.fitted) this.fit();
  }

  fit(): void {
    this.fitted = true;
    if (this.box.width > 0 && this.box.height > 0) this.view = fitView(this.upright, this.box);
  }

  /** One film pixel on one pixel of the screen. */
  actualSize(devicePixelRatio: number): void {
    this.fitted = false;
    this.view = { ...this.view, scale: 1 / devicePixelRatio };
  }

  zoom(factor: number, cursor: Point = { x: this.box.width / 2, y: this.box.height / 2 }): void {
    this.fitted = false;
    this.view = zoomAt(this.view, this.box, cursor, factor);
  }

  pan(dx: number, dy: number): void {
    this.fitted = false;
    this.view = panBy(this.view, this.upright, dx, dy);
  }

  /** Right widens, down brightens the middle, as PACS do. A VOI LUT gives way to a window over the full range. */
  dragWindow(dx: number, dy: number): void {
    const full = fullRangeWindow(this.film.grey);
    const base = this.preset.kind === 'window' ? this.preset : full;
    if (base.kind !== 'window' || full.kind !== 'window') return;
    const step = full.width / DRAG_OVER_RANGE;
    const width = Math.max(SMALLEST_WIDTH, base.width + dx * step);
    this.preset = userWindow(base.center + dy * step, width);
  }

  toggleTurn(): void {
    if (!this.turned) return;
    this.asStored = !this.asStored;
    this.fit();
  }

  choosePreset(preset: VoiPreset): void {
    this.preset = preset;
  }

  nextPreset(): void {
    const index = this.presets.findIndex((preset) => samePreset(preset, this.preset));
    this.preset = this.presets[(index + 1) % this.presets.length] as VoiPreset;
  }

  reset(): void {
    this.preset = this.presets[0] as VoiPreset;
    this.inverted = false;
    this.asStored = false;
    this.fit();
  }

  /** What lies under a point of the viewport; null beside the film. */
  probe(point: Point): Probe | null {
    const at = apply(invert(this.matrix), point);
    const column = Math.floor(at.x);
    const row = Math.floor(at.y);
    const { rows, columns } = this.film.geometry;
    if (this.samples === null || row < 0 || column < 0 || row >= rows || column >= columns) return null;
    const stored = this.samples[row * columns + column] ?? 0;
    const value = modalityFunction(this.film.grey)(stored);
    return { column, row, value, grey: this.table[stored + tableOffset(this.film.grey.sample)] ?? 0 };
  }
}

export function samePreset(one: VoiPreset, other: VoiPreset): boolean {
  if (one.kind === 'window' && other.kind === 'window') {
    return one.center === other.center && one.width === other.width && one.shape === other.shape;
  }
  return one.kind === 'lut' && other.kind === 'lut' && one.table === other.table;
}
