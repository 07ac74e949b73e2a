import { expect, test } from 'vitest';
import { bodyPartOf, namesOtherPart } from '#main/imaging/kind/headerTerms';

test.each([
  [
    'CHEST|THORAX|CHEST_PA|CHEST PORTABLE|LUNG|Brustkorb|TORAX|TÓRAX|흉부|胸部|Klatka piersiowa|Грудная клетка',
    'chest',
  ],
  [
    'HAND|TSPINE|THORACIC SPINE|THORACIC_SPINE|THORACOLUMBAR|LUMBAR|CHESTABDOMEN|Thoracic vertebra|RIBS|TORACOLOMBARE|CTSPINE|BABYGRAM|hand|HAND CHEST|THORAX_WS|BWS|CHESTABDPELVIS|NECKCHEST|腹部',
    'other',
  ],
  ['|UNKNOWN|WHOLE_BODY|PORTABLE', 'unknown'],
])('the body parts %s are %s', (parts, kind) => {
  const words = parts.split('|');
  expect(words.map((word) => [word, bodyPartOf(word)])).toEqual(words.map((word) => [word, kind]));
});

test.each([
  ['XR HAND LEFT 2V|ABDOMEN AP|Knee AP|Schulter links|LWS seitlich|Hüfte ap|Épaule face|skull', true],
  ['XR CHEST 1 VIEW|portable|C-arm|handheld|overhead', false],
])('of the descriptions %s: another part is %s', (descriptions, isOther) => {
  const texts = descriptions.split('|');
  expect(texts.map((text) => [text, namesOtherPart(text)])).toEqual(texts.map((text) => [text, isOther]));
});
