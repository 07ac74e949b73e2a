/** The window that a user named → a preset of the film. */
import { AppError } from '#main/contract/errors';
import type { GreyDescription, VoiPreset } from '#main/contract/film';
import type { RenderWindow } from '#main/decoding/protocol/protocol';
import { fullRangeWindow, userWindow } from '#main/imaging/grey/presets';

/** Throws `usage/invalid` where the film has no such preset. */
export function chooseWindow(grey: GreyDescription, window: RenderWindow): VoiPreset {
  switch (window.kind) {
    case 'default':
      return presetAt(grey, 1);
    case 'preset':
      return presetAt(grey, window.number);
    case 'minmax':
      return fullRangeWindow(grey);
    case 'window':
      return userWindow(window.center, window.width);
    case 'lut': {
      const table = grey.presets.find(({ kind }) => kind === 'lut');
      if (table === undefined) throw new AppError('usage/invalid', 'The film has no VOI lookup table.');
      return table;
    }
  }
}

function presetAt(grey: GreyDescription, number: number): VoiPreset {
  const preset = grey.presets[number - 1];
  if (preset !== undefined) return preset;
  throw new AppError('usage/invalid', `The film has ${grey.presets.length} window(s), not ${number}.`);
}
