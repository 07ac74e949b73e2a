import { describe, expect, it, vi } from 'vitest';
import { FilmController } from '../../../src-renderer/viewer/filmController.svelte';
import { apply } from '../../../src-renderer/viewer/viewGeometry';
import { createFakeApi } from '../fakeApi';
import { makeFilm } from '../makeStudies';

function openController(film = makeFilm('a')): FilmController {
  const controller = new FilmController(createFakeApi({ openFilm: () => film }).api, film);
  controller.resize({ width: 400, height: 300 });
  return controller;
}

async function loadWith(controller: FilmController, body: ArrayBuffer | null): Promise<void> {
  const fetched = vi.fn(() => Promise.resolve(new Response(body, { status: body === null ? 404 : 200 })));
  vi.stubGlobal('fetch', fetched);
  await controller.load();
  expect(fetched).toHaveBeenCalledWith('film://pixels/a', expect.anything());
  vi.unstubAllGlobals();
}

describe('FilmController', () => {
  it('starts with the first window of the file, fitted', () => {
    const controller = openController();
    expect(controller.preset).toMatchObject({ center: 2048, width: 4096 });
    expect(controller.view).toEqual({ center: { x: 2, y: 1 }, scale: 32 });
  });

  it('widens by a drag to the right and raises the centre by a drag down: 1000 pixels are the whole range', () => {
    const controller = openController();
    controller.dragWindow(100, -50);
    const step = 4096 / 1000;
    expect(controller.preset).toEqual({
      kind: 'window',
      shape: 'LINEAR',
      center: 2048 - 50 * step,
      width: 4096 + 100 * step,
      label: 'Own window',
      origin: 'user',
    });
  });

  it('never narrows a window below one grey value', () => {
    const controller = openController();
    controller.dragWindow(-1e6, 0);
    expect(controller.preset).toMatchObject({ width: 1 });
  });

  it('leaves a VOI LUT for a window over the full range when it is dragged', () => {
    const table = { firstMapped: 0, bits: 8, data: Uint16Array.of(0, 255), explanation: 'CHEST' };
    const film = makeFilm('a');
    const grey = { ...film.grey, presets: [{ kind: 'lut', table, label: 'CHEST', origin: 'file' }] as const };
    const controller = openController({ ...film, grey });
    controller.dragWindow(0, 0);
    expect(controller.preset).toMatchObject({ kind: 'window', center: 2048, width: 4096 });
  });

  it('undoes the turn of the header and does it again, and leaves the attention map on the same pixels', () => {
    const film = makeFilm('a');
    const turn = { quarterTurns: 3, mirrored: false } as const;
    const controller = openController({ ...film, geometry: { ...film.geometry, turn } });
    const { rows, columns } = film.geometry;
    expect(controller.upright).toEqual({ width: rows, height: columns });
    controller.toggleTurn();
    expect(controller.upright).toEqual({ width: columns, height: rows });
    // Stored pixel (0,0) is at the network's bottom left corner after three quarter turns, wherever it is shown.
    const corner = apply(controller.networkMatrix, { x: 0, y: columns });
    expect(corner).toEqual(apply(controller.matrix, { x: 0, y: 0 }));
    controller.reset();
    expect(controller.upright).toEqual({ width: rows, height: columns });
  });

  it('has no turn to undo where the header asks for none', () => {
    const controller = openController();
    controller.toggleTurn();
    expect(controller.asStored).toBe(false);
  });

  it('fetches overlays when they are first asked for, and only where the header lists some', async () => {
    const overlay = { group: '6000', kind: 'graphics', label: 'L', description: '', subtype: '', activationLayer: '' };
    const film = makeFilm('a');
    const plane = Uint8Array.from([0, 1, 0, 3, 0, 0, 0, 0]);
    const fetched = vi.fn(() => Promise.resolve(new Response(plane)));
    vi.stubGlobal('fetch', fetched);
    const plain = openController();
    await plain.toggleOverlays();
    const listed = openController({ ...film, facts: { ...film.facts, overlays: [{ ...overlay, kind: 'graphics' }] } });
    const states: unknown[] = [];
    for (let times = 0; times < 3; times++) {
      await listed.toggleOverlays();
      states.push([listed.overlaysShown, listed.overlays]);
    }
    vi.unstubAllGlobals();
    expect(plain.overlaysShown).toBe(false);
    expect(fetched.mock.calls).toEqual([['film://overlays/a', expect.anything()]]);
    expect(states).toEqual([
      [true, plane],
      [false, plane],
      [true, plane],
    ]);
  });

  it('inverts on top of the polarity of the file and resets to what the file says', () => {
    const film = makeFilm('a');
    const controller = openController({ ...film, grey: { ...film.grey, inverted: true } });
    expect([controller.table[0], controller.table[4095]]).toEqual([255, 0]);
    controller.inverted = true;
    expect([controller.table[0], controller.table[4095]]).toEqual([0, 255]);
    controller.dragWindow(5, 5);
    controller.zoom(0.5);
    controller.reset();
    expect([controller.inverted, controller.fitted, controller.preset]).toEqual([false, true, film.grey.presets[0]]);
  });

  it('stays fitted when its box changes, but keeps a zoom that was chosen', () => {
    const film = makeFilm('a');
    const large = { ...film, geometry: { ...film.geometry, rows: 2000, columns: 4000 } };
    const controller = openController(large);
    controller.resize({ width: 200, height: 300 });
    expect(controller.view.scale).toBe(0.05);
    controller.zoom(2);
    controller.resize({ width: 800, height: 300 });
    expect(controller.view.scale).toBe(0.1);
  });

  it('tells stored value and grey under the cursor, of signed films too', async () => {
    const film = makeFilm('a');
    const grey = { ...film.grey, sample: 'int16', rescale: { slope: 2, intercept: 10 } } as const;
    const controller = openController({ ...film, grey });
    await loadWith(controller, Int16Array.of(0, 0, 0, 0, 0, -7, 0, 0).buffer);
    const { x, y } = { x: 200 - 32 / 2, y: 150 + 32 / 2 };
    expect(controller.probe({ x, y })).toEqual({ column: 1, row: 1, value: -4, grey: 0 });
    expect(controller.probe({ x: 1, y: 1 })).toBeNull();
  });

  it('says that pixels have vanished instead of showing nothing', async () => {
    const controller = openController();
    await loadWith(controller, null);
    expect([controller.samples, controller.problem?.code]).toEqual([null, 'file/vanished']);
  });

  it('refuses pixels whose number is not that of the film', async () => {
    const controller = openController();
    await loadWith(controller, new ArrayBuffer(6));
    expect([controller.samples, controller.problem?.code]).toEqual([null, 'internal/unexpected']);
  });
});
