/**
 * Pointer and wheel on a film: left drag = window, middle, right or Space+drag = pan, wheel = zoom at the cursor,
 * double click = fit. A Svelte action; it keeps nothing but the drag at hand.
 */
import type { Action } from 'svelte/action';
import type { FilmController } from './filmController.svelte';
import type { Point } from './viewGeometry';

/** Wheel pixels that change the zoom by a factor of e. */
const WHEEL_PER_E = 500;
/** For wheels that count lines instead of pixels. */
const PIXELS_PER_LINE = 32;

export type GestureTarget = { readonly controller: FilmController; readonly hover: (point: Point | null) => void };

export const pointerGestures: Action<HTMLElement, GestureTarget> = (element, target) => {
  const gestures = new Gestures(element, target);
  const listening = new AbortController();
  const { signal } = listening;
  element.addEventListener('pointerdown', (event) => gestures.begin(event), { signal });
  element.addEventListener('pointermove', (event) => gestures.move(event), { signal });
  element.addEventListener('pointerup', () => gestures.end(), { signal });
  element.addEventListener('pointercancel', () => gestures.end(), { signal });
  element.addEventListener('pointerleave', () => gestures.target.hover(null), { signal });
  element.addEventListener('wheel', (event) => gestures.wheel(event), { signal, passive: false });
  element.addEventListener('dblclick', () => gestures.target.controller.fit(), { signal });
  element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  element.addEventListener('keydown', (event) => gestures.holdSpace(event, true), { signal });
  element.addEventListener('keyup', (event) => gestures.holdSpace(event, false), { signal });
  element.addEventListener('blur', () => gestures.releaseSpace(), { signal });
  return {
    update: (next) => void (gestures.target = next),
    destroy: () => listening.abort(),
  };
};

class Gestures {
  target: GestureTarget;
  readonly #element: HTMLElement;
  #drag: { readonly mode: 'window' | 'pan'; last: Point } | null = null;
  #spaceHeld = false;

  constructor(element: HTMLElement, target: GestureTarget) {
    this.#element = element;
    this.target = target;
  }

  begin(event: PointerEvent): void {
    this.#element.focus({ preventScroll: true });
    this.#element.setPointerCapture(event.pointerId);
    const mode = event.button === 0 && !this.#spaceHeld ? 'window' : 'pan';
    this.#drag = { mode, last: this.#at(event) };
    this.#element.dataset['dragging'] = mode;
    // The middle button would start the system's own scrolling.
    if (event.button === 1) event.preventDefault();
  }

  move(event: PointerEvent): void {
    const point = this.#at(event);
    this.target.hover(point);
    if (this.#drag === null) return;
    const dx = point.x - this.#drag.last.x;
    const dy = point.y - this.#drag.last.y;
    if (dx === 0 && dy === 0) return;
    this.#drag.last = point;
    this.target.controller.dragging = true;
    if (this.#drag.mode === 'pan') this.target.controller.pan(dx, dy);
    else this.target.controller.dragWindow(dx, dy);
  }

  end(): void {
    this.#drag = null;
    delete this.#element.dataset['dragging'];
    this.target.controller.dragging = false;
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * PIXELS_PER_LINE;
    this.target.controller.zoom(Math.exp(-pixels / WHEEL_PER_E), this.#at(event));
  }

  holdSpace(event: KeyboardEvent, held: boolean): void {
    if (event.key !== ' ') return;
    this.#spaceHeld = held;
    event.preventDefault();
  }

  releaseSpace(): void {
    this.#spaceHeld = false;
  }

  #at(event: MouseEvent): Point {
    const { left, top } = this.#element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}
