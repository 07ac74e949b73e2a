import { describe, expect, it, vi } from 'vitest';
import type { StudyId } from '#main/contract/ids';
import type { StudyQuery } from '#main/contract/study';
import { Notices } from '../../../src-renderer/shared/notices.svelte';
import { WorklistController } from '../../../src-renderer/worklist/worklistController.svelte';
import { answerLater, createFakeApi, type FakeApi } from '../fakeApi';
import { makeRow } from '../makeStudies';

const TOTAL = 100_000;

function listing(): FakeApi {
  return createFakeApi({
    listFailedFiles: () => [
      { id: 'x', path: '/films/broken.dcm', error: { code: 'dicom/truncated', message: '', details: {} }, at: '' },
    ],
    dismissFailedFile: () => null,
    listStudies: ({ status, offset, limit }) => {
      const total = status === 'needs-human' ? 2 : TOTAL;
      const first = status === 'needs-human' ? 900_000 : 0;
      const length = Math.max(0, Math.min(limit, total - offset));
      return { total, rows: Array.from({ length }, (_, i) => makeRow(first + offset + i)) };
    },
  });
}

async function openList(fake: FakeApi): Promise<WorklistController> {
  const controller = new WorklistController(fake.api, new Notices());
  controller.show(0, 20);
  await controller.refresh();
  return controller;
}

function stepFrom(controller: WorklistController, read: string, step: 1 | -1 = 1): Promise<string | undefined> {
  return controller.nextStudy(step, read as StudyId).then((row) => row?.id);
}

function queries(fake: FakeApi): StudyQuery[] {
  return fake.calls.filter(({ name }) => name === 'listStudies').map(({ argument }) => argument as StudyQuery);
}

describe('WorklistController', () => {
  it('shows a failed file, two studies for a human and 100,000 others as one list of few rows', async () => {
    const fake = listing();
    const controller = await openList(fake);
    expect(controller.length).toBe(1 + 1 + 2 + 1 + TOTAL);
    expect([1, 2, 3, 4, 5].map((at) => controller.studyAt(at)?.id)).toEqual([
      undefined,
      '900000',
      '900001',
      undefined,
      '0',
    ]);
    expect(Math.max(...queries(fake).map(({ limit }) => limit))).toBeLessThanOrEqual(1000);
  });

  it('fetches a page when its rows come into view, once', async () => {
    const fake = listing();
    const controller = await openList(fake);
    const before = queries(fake).length;
    controller.show(50_005, 50_020);
    controller.show(50_006, 50_021);
    await vi.waitFor(() => expect(controller.studyAt(50_005)?.id).toBe('50000'));
    expect(queries(fake).slice(before)).toEqual([expect.objectContaining({ offset: 50_000, limit: 200 })]);
  });

  it('leaves the group on top out of every narrower list', async () => {
    const fake = listing();
    const controller = await openList(fake);
    await controller.setQuery({ filter: 'flagged' });
    expect([controller.length, controller.slotAt(0)]).toEqual([TOTAL, { kind: 'study', index: 0 }]);
    await controller.setQuery({ filter: 'all', search: 'other' });
    expect(controller.shownFiles).toEqual([]);
  });

  it('turns the order round when a column is chosen again', async () => {
    const controller = await openList(listing());
    const seen: unknown[] = [];
    for (const sort of ['priority', 'priority', 'patient'] as const) {
      await controller.sortBy(sort);
      seen.push([controller.sort, controller.descending]);
    }
    expect(seen).toEqual([
      ['priority', true],
      ['priority', false],
      ['patient', false],
    ]);
  });

  it('steps from study to study over headings and files, across the border of a page', async () => {
    const controller = await openList(listing());
    controller.cursor = 1;
    const ids = [await stepFrom(controller, 'none')];
    for (let i = 0; i < 2; i++) ids.push(await stepFrom(controller, ids.at(-1) ?? ''));
    expect(ids).toEqual(['900000', '900001', '0']);
    controller.cursor = 5 + 199;
    expect(await stepFrom(controller, '199')).toBe('200');
    controller.cursor = 2;
    expect(await stepFrom(controller, '900000', -1)).toBeUndefined();
  });

  it('misses no study where each leaves the list once it is opened', async () => {
    let unopened = Array.from({ length: 300 }, (_, number) => makeRow(number));
    const fake = createFakeApi({
      listFailedFiles: () => [],
      listStudies: ({ offset, limit }) => ({
        total: unopened.length,
        rows: unopened.slice(offset, offset + limit),
      }),
    });
    const controller = new WorklistController(fake.api, new Notices());
    await controller.setQuery({ filter: 'unopened' });
    controller.cursor = 197;
    let read = '197';
    const ids = [];
    for (let i = 0; i < 5; i++) {
      unopened = unopened.filter(({ id }) => id !== read);
      await controller.refresh();
      read = (await stepFrom(controller, read)) ?? '';
      ids.push(read);
    }
    expect(ids).toEqual(['198', '199', '200', '201', '202']);
    expect(await stepFrom(controller, read, -1)).toBe('196');
  });

  it('keeps the keyboard on its study when others come in above it', async () => {
    let arrived = 0;
    const fake = createFakeApi({
      listFailedFiles: () => [],
      listStudies: ({ status }) =>
        status === 'needs-human'
          ? { total: 0, rows: [] }
          : { total: 3 + arrived, rows: Array.from({ length: 3 + arrived }, (_, i) => makeRow(i - arrived)) },
    });
    const controller = await openList(fake);
    controller.cursor = 1;
    arrived = 5;
    await controller.refresh();
    expect([controller.cursor, controller.studyAt(controller.cursor)?.id]).toEqual([6, '1']);
  });

  it('keeps the newest answer when an older one comes late', async () => {
    const slow = answerLater<{ total: number; rows: [] }>();
    const fake = createFakeApi({
      listFailedFiles: () => [],
      listStudies: ({ search }) => (search === 'old' ? slow.promise : { total: 7, rows: [] }),
    });
    const controller = new WorklistController(fake.api, new Notices());
    const old = controller.setQuery({ search: 'old' });
    await controller.setQuery({ search: 'new' });
    slow.answer({ total: 3, rows: [] });
    await old;
    expect(controller.total).toBe(7);
  });

  it('follows a burst of changes with one refresh', async () => {
    vi.useFakeTimers();
    const fake = listing();
    const controller = new WorklistController(fake.api, new Notices());
    const stop = controller.listen();
    for (let i = 0; i < 50; i++) fake.push('studiesChanged', { studyId: null });
    await vi.advanceTimersByTimeAsync(1000);
    expect(queries(fake)).toHaveLength(2);
    stop();
    expect(fake.listeners()).toBe(0);
    vi.useRealTimers();
  });

  it('tells of a list that could not be fetched', async () => {
    const notices = new Notices();
    await new WorklistController(createFakeApi({}).api, notices).refresh();
    expect(notices.list.map(({ error }) => error.code)).toEqual(['internal/unexpected']);
  });
});
