/** Multi-frame objects say in functional groups (PS3.3 C.7.6.16) what others say at the top level. */
import type { Attributes } from './attributes';
import { TAG } from './tags';

/** What Hilum reads of each group, by the sequence that it lies in. */
const GROUPS: readonly (readonly [sequence: string, tags: readonly string[]])[] = [
  [TAG.frameAnatomySequence, [TAG.anatomicRegionSequence]],
  [TAG.patientOrientationInFrameSequence, [TAG.patientOrientation]],
  [TAG.pixelMeasuresSequence, [TAG.pixelSpacing]],
  [TAG.framePixelDataPropertiesSequence, [TAG.imagerPixelSpacing]],
  [TAG.pixelValueTransformationSequence, [TAG.rescaleIntercept, TAG.rescaleSlope, TAG.modalityLutSequence]],
  [
    TAG.frameVoiLutSequence,
    [TAG.windowCenter, TAG.windowWidth, TAG.windowExplanation, TAG.voiLutFunction, TAG.voiLutSequence],
  ],
];

/** The attributes of the first frame: its own groups count before the ones that all share, and these before the rest. */
export function firstFrame(attributes: Attributes): Attributes {
  const [shared] = attributes.items(TAG.sharedFunctionalGroups);
  const [own] = attributes.items(TAG.perFrameFunctionalGroups);
  if (shared === undefined && own === undefined) return attributes;
  const homes = new Map<string, Attributes>();
  for (const [sequence, tags] of GROUPS) {
    const group = own?.items(sequence)[0] ?? shared?.items(sequence)[0];
    // All of them or none: a window of the group and a LUT of the top level are not of one film.
    if (group === undefined || tags.every((tag) => group.element(tag) === null)) continue;
    tags.forEach((tag) => homes.set(tag, group));
  }
  const homeOf = (tag: string): Attributes => homes.get(tag) ?? attributes;
  return {
    element: (tag) => homeOf(tag).element(tag),
    bytes: (tag) => homeOf(tag).bytes(tag),
    code: (tag) => homeOf(tag).code(tag),
    text: (tag, valueRepresentation) => homeOf(tag).text(tag, valueRepresentation),
    decimals: (tag) => homeOf(tag).decimals(tag),
    words: (tag, signed) => homeOf(tag).words(tag, signed),
    items: (tag) => homeOf(tag).items(tag),
    hasUncertainText: () => attributes.hasUncertainText(),
  };
}
