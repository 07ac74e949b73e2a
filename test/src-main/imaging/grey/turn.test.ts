import { describe, expect, test } from 'vitest';
import { turnFromOrientation, turnPicture, turnedSize, NO_TURN } from '#main/imaging/grey/turn';

/** A film of 2 rows and 3 columns as it should hang: patient's right at the viewer's left, head up. */
const HUNG = [
  ['RH', 'H', 'LH'],
  ['RF', 'F', 'LF'],
];
/** The directions of a film's right edge and lower edge, and how HUNG is then stored. */
const STORED: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  ['L\\F', HUNG],
  [
    'R\\F',
    [
      ['LH', 'H', 'RH'],
      ['LF', 'F', 'RF'],
    ],
  ],
  [
    'L\\H',
    [
      ['RF', 'F', 'LF'],
      ['RH', 'H', 'LH'],
    ],
  ],
  [
    'R\\H',
    [
      ['LF', 'F', 'RF'],
      ['LH', 'H', 'RH'],
    ],
  ],
  [
    'F\\L',
    [
      ['RH', 'RF'],
      ['H', 'F'],
      ['LH', 'LF'],
    ],
  ],
  [
    'H\\L',
    [
      ['RF', 'RH'],
      ['F', 'H'],
      ['LF', 'LH'],
    ],
  ],
  [
    'F\\R',
    [
      ['LH', 'LF'],
      ['H', 'F'],
      ['RH', 'RF'],
    ],
  ],
  [
    'H\\R',
    [
      ['LF', 'LH'],
      ['F', 'H'],
      ['RF', 'RH'],
    ],
  ],
];

describe('a stored film is hung by its PatientOrientation', () => {
  const corners = HUNG.flat();
  test.each(STORED)('%s', (orientation, stored) => {
    const turn = turnFromOrientation(orientation);
    const picture = Uint8Array.from(stored.flat(), (name) => corners.indexOf(name));
    const size = turnedSize(stored.length, stored[0]?.length ?? 0, turn ?? NO_TURN);
    const turned = turnPicture(picture, stored.length, stored[0]?.length ?? 0, turn ?? NO_TURN);
    expect({ ...size, turned: [...turned].map((index) => corners[index]) }).toEqual({
      rows: 2,
      columns: 3,
      turned: corners,
    });
  });
});

test.each(['', 'L', 'A\\F', 'P\\F', 'L\\R', 'L\\L', 'X\\Y', 'R\\F\\H', 'RL\\F', 'RIGHT\\FEET'])(
  '"%s" tells no turn',
  (orientation) => expect(turnFromOrientation(orientation)).toBeNull(),
);

test.each(['r\\f', 'RP\\FA', 'RH\\FR '])('"%s" mirrors', (orientation) => {
  expect(turnFromOrientation(orientation)).toEqual({ quarterTurns: 0, mirrored: true });
});
