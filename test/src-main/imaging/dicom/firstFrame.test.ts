/** Functional groups of a film that pydicom wrote; what it shows of them is a golden of displayTable. */
import { expect, test } from 'vitest';
import { attributesOf } from '#main/imaging/dicom/attributes';
import { firstFrame } from '#main/imaging/dicom/firstFrame';
import { parseDataSet } from '#main/imaging/dicom/parseDataSet';
import { TAG } from '#main/imaging/dicom/tags';
import { fixtureBytes, readFilm } from '#test/helpers/dicomFixtures';

const FILE = 'voi/functional_groups.dcm';

test('the first frame’s own groups count before the shared ones, and these before the top level', async () => {
  const { grey, geometry, facts } = await readFilm(fixtureBytes(FILE));
  expect(grey.rescale).toEqual({ slope: 2, intercept: -100 });
  expect(grey.presets).toEqual([
    { kind: 'window', shape: 'SIGMOID', center: 3000, width: 5000, label: 'Window of the file', origin: 'file' },
  ]);
  expect(geometry.pixelSpacingMm).toEqual([0.2, 0.2]);
  expect(facts.bodyPart).toBe('CHEST');
});

test('a group without a value leaves the top level as it is', () => {
  const parsed = parseDataSet(fixtureBytes(FILE), { inflateRaw: () => new Uint8Array() });
  const attributes = attributesOf(parsed);
  const none = {
    ...attributes,
    items: () => [{ ...attributes, items: () => [{ ...attributes, element: () => null }] }],
  };
  expect(firstFrame(none).decimals(TAG.windowCenter)).toEqual([10]);
});
