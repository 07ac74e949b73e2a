import { expect, it } from 'vitest';
import { nameWeights } from '#main/chexnet/formats/nameWeights';

const FEATURES = 'features.denseblock1.denselayer1.norm1.weight';

/** Of tensors by name and shape. */
function namesOf(shapes: Readonly<Record<string, readonly number[]>>): string[] {
  const stored = Object.entries(shapes).map(
    ([name, shape]) => [name, { shape, read: () => new Float32Array() }] as const,
  );
  return [...nameWeights(new Map(stored)).keys()];
}

it.each([
  [
    ['net.classifier.0', 'net.classifier.3'],
    ['classifier.0', 'classifier.2'],
  ],
  [
    ['head.out', 'head.hidden'],
    ['classifier.2', 'classifier.0'],
  ],
])('finds the order of two layers of a head by what they take and give: %j', (layers, names) => {
  const sizes =
    names[0] === 'classifier.0'
      ? [
          [512, 1024],
          [14, 512],
        ]
      : [
          [14, 512],
          [512, 1024],
        ];
  const shapes = layers.flatMap((layer, place) => [
    [`${layer}.weight`, sizes[place]!] as const,
    [`${layer}.bias`, sizes[place]!.slice(0, 1)] as const,
  ]);
  expect(namesOf({ [`net.${FEATURES}`]: [64], ...Object.fromEntries(shapes) })).toEqual([
    FEATURES,
    ...names.flatMap((name) => [`${name}.weight`, `${name}.bias`]),
  ]);
});

it('leaves names alone that are no layer of a head it knows, so that each is reported', () => {
  const other = {
    'criterion.centres': [14, 1024],
    'a.weight': [3, 5],
    'a.bias': [3],
    'b.weight': [7, 9],
    'b.bias': [7],
  };
  expect(namesOf({ [FEATURES]: [64], ...other })).toEqual([FEATURES, ...Object.keys(other)]);
});
