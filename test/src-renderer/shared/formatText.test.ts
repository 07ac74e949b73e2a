import { expect, it } from 'vitest';
import {
  formatAge,
  formatDateTime,
  formatDuration,
  formatGrey,
  formatLevel,
  formatMoment,
  formatPatientName,
  formatProbability,
  pathTail,
} from '../../../src-renderer/shared/formatText';

it('writes DICOM names as people do, of any script', () => {
  const names = ['DOE^JOHN^Q^DR', 'Yamada^Tarou=山田^太郎', '=山田^太郎', '^^=山田', 'ADAMS', '^Ann', ''];
  expect(names.map(formatPatientName)).toEqual([
    'DOE, JOHN Q',
    'Yamada, Tarou',
    '山田, 太郎',
    '山田',
    'ADAMS',
    'Ann',
    '',
  ]);
});

it('writes probabilities with digits that mean something', () => {
  const probabilities = [0, 0.00004, 0.00059507, 0.0167, 0.0999999, 0.5, 0.78944, 1];
  expect(probabilities.map(formatProbability)).toEqual([
    '0',
    '<0.0001',
    '0.0006',
    '0.017',
    '0.100',
    '0.500',
    '0.789',
    '1.000',
  ]);
});

it('writes windows and greys of a modality LUT as exactly as they are', () => {
  expect([4096, 281.2999999, 128.5, 12.345, 0.85, 0, -1024, -0.4].map(formatLevel)).toEqual([
    ...['4096', '281', '129', '12.3', '0.85', '0', '-1024', '-0.4'],
  ]);
  expect([225.5, 1.2340000000000002, 4095, -0.001].map(formatGrey)).toEqual(['225.5', '1.234', '4095', '-0.001']);
});

it('writes ages, times and durations', () => {
  expect([formatAge(0.5), formatAge(54.9), formatAge(null)]).toEqual(['6 mo', '54 y', '']);
  expect([formatDateTime('2024-03-01T08:15:30'), formatDateTime('2024-03-01'), formatDateTime('')]).toEqual([
    '2024-03-01 08:15',
    '2024-03-01',
    '',
  ]);
  expect([0.4, 59.4, 90, 3599, 3600, 5000].map(formatDuration)).toEqual([
    '0 s',
    '59 s',
    '2 min',
    '1 h',
    '1 h',
    '1 h 23 min',
  ]);
});

it('writes a moment on the clock of the reader', () => {
  const written = formatMoment(new Date(2024, 6, 1, 8, 5).toISOString());
  expect([written, formatMoment('')]).toEqual(['2024-07-01 08:05', '']);
});

it('keeps the end of a path, of Windows too', () => {
  expect([pathTail('/a/b/c.dcm'), pathTail('C:\\x\\y\\z.dcm', 1), pathTail('c.dcm')]).toEqual([
    '…/b/c.dcm',
    'z.dcm',
    'c.dcm',
  ]);
});
