/**
 * Pointer and wheel on a film: left drag = window, middle, right or Space+drag = pan, wheel = zoom at the cursor,
 * double click = fit. A Svelte action without state of its own beyond the drag at hand.
 */
import type { Action } from 'svelte/action';
import type { FilmController } from './filmController.svelte';
import type { Point } from './viewGeometry';

const WHEEL_PER_E = 500;
/** A wheel that counts lines instead of pixels. */
const PIXELS_PER_LINE = 32;

export type GestureTarget = { readonly controller: FilmController; readonly hover: (point: Point | null) => void };

export const pointerGestures: Action<HTMLElement, GestureTarget> = (element, initial) => {
  let target = initial;
  let drag: { mode: 'window' | 'pan'; last: Point } | null = null;
  let spaceHeld = false;

  function at(event: MouseEvent): Point {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  const listeners = {
    pointerdown(event: PointerEvent): void {
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      drag = { mode: event.button === 0 && !spaceHeld ? 'window' : 'pan', last: at(event) };
      element.dataset['dragging'] = drag.mode;
      if (event.button === 1) event.preventDefault();
    },
    pointermove(event: PointerEvent): void {
      const point = at(event);
      target.hover(point);
      if (drag === null) return;
      const dx = point.x - drag.last.x;
      const dy = point.y - drag.last.y;
      if (dx === 0 && dy === 0) return;
      drag.last = point;
      target.controller.dragging = true;
      if (drag.mode === 'pan') target.controller.pan(dx, dy);
      else target.controller.dragWindow(dx, dy);
    },
    pointerup: end,
    pointercancel: end,
    pointerleave(): void {
      target.hover(null);
    },
    wheel(event: WheelEvent): void {
      event.preventDefault();
      const pixels = event.deltaMode === 0 ? event.deltaY : event.deltaY * PIXELS_PER_LINE;
      target.controller.zoom(Math.exp(-pixels / WHEEL_PER_E), at(event));
    },
    dblclick(): void {
      target.controller.fit();
    },
    contextmenu(event: Event): void {
      event.preventDefault();
    },
    keydown(event: KeyboardEvent): void {
      if (event.key === ' ') {
        spaceHeld = true;
        event.preventDefault();
      }
    },
    keyup(event: KeyboardEvent): void {
      if (event.key === ' ') spaceHeld = false;
    },
    blur(): void {
      spaceHeld = false;
    },
  };

  function end(): void {
    drag = null;
    delete element.dataset['dragging'];
    target.controller.dragging = false;
  }

  const entries = Object.entries(listeners) as [string, EventListener][];
  for (const [name, listener] of entries) element.addEventListener(name, listener, { passive: false });
  return {
    update(next) {
      target = next;
    },
    destroy() {
      for (const [name, listener] of entries) element.removeEventListener(name, listener);
    },
  };
};
