/** Every key of the window in one table: the bindings and the list under `?` are both made from it. */
export type KeyCommand =
  | 'help'
  | 'search'
  | 'open-folder'
  | 'open-files'
  | 'tasks'
  | 'models'
  | 'training'
  | 'settings'
  | 'back'
  | 'next-study'
  | 'previous-study'
  | 'next-film'
  | 'previous-film'
  | 'fit'
  | 'actual-size'
  | 'zoom-in'
  | 'zoom-out'
  | 'invert'
  | 'turn'
  | 'overlays'
  | 'reset'
  | 'next-window'
  | 'attention'
  | 'grid'
  | 'order'
  | 'answer-present'
  | 'answer-absent'
  | 'answer-unsure'
  | 'answer-open'
  | 'agree'
  | 'reviewed'
  | `finding-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`;

export type KeyGroup = 'Everywhere' | 'Worklist' | 'Film' | 'Findings' | 'Your reading';

export type KeyEntry = {
  /** As tinykeys writes it. Null: handled where the focus is; listed only. */
  readonly binding: string | null;
  readonly command: KeyCommand | null;
  readonly keys: readonly string[];
  readonly does: string;
  readonly group: KeyGroup;
};

function key(binding: string, command: KeyCommand, keys: string, does: string, group: KeyGroup): KeyEntry {
  return { binding, command, keys: keys.split(' '), does, group };
}

function listed(keys: string, does: string, group: KeyGroup): KeyEntry {
  return { binding: null, command: null, keys: keys.split(' '), does, group };
}

const FINDING_NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

export const KEY_TABLE: readonly KeyEntry[] = [
  key('?', 'help', '?', 'This list', 'Everywhere'),
  key('t', 'tasks', 'T', 'Tasks', 'Everywhere'),
  key('Shift+M', 'models', 'Shift+M', 'Models', 'Everywhere'),
  key('Shift+T', 'training', 'Shift+T', 'Training', 'Everywhere'),
  key(',', 'settings', ',', 'Settings', 'Everywhere'),
  key('o', 'open-folder', 'O', 'Open folder', 'Everywhere'),
  key('Shift+O', 'open-files', 'Shift+O', 'Open files', 'Everywhere'),
  key('Escape', 'back', 'Esc', 'Hide the attention map, then back', 'Everywhere'),
  listed('Tab', 'Next control', 'Everywhere'),
  key('/', 'search', '/', 'Search', 'Worklist'),
  listed('↑ ↓', 'Move (also J, K, Page up, Page down, Home, End)', 'Worklist'),
  listed('Enter', 'Open the study', 'Worklist'),
  listed('Delete', 'Dismiss a file that could not be read', 'Worklist'),
  key('n', 'next-study', 'N', 'Next study', 'Film'),
  key('p', 'previous-study', 'P', 'Previous study', 'Film'),
  key(']', 'next-film', ']', 'Next film of the study', 'Film'),
  key('[', 'previous-film', '[', 'Previous film of the study', 'Film'),
  key('f', 'fit', 'F', 'Fit to view', 'Film'),
  key('z', 'actual-size', 'Z', 'Actual size, 1:1', 'Film'),
  key('+', 'zoom-in', '+', 'Zoom in', 'Film'),
  key('-', 'zoom-out', '-', 'Zoom out', 'Film'),
  key('i', 'invert', 'I', 'Invert', 'Film'),
  key('u', 'turn', 'U', 'Undo the turn that the header asked for, or do it again', 'Film'),
  key('l', 'overlays', 'L', 'Overlays of the header on and off', 'Film'),
  key('w', 'next-window', 'W', 'Next window of the file', 'Film'),
  key('r', 'reset', 'R', 'Reset window, polarity and zoom', 'Film'),
  listed('↑ ↓ ← →', 'Pan the film in focus', 'Film'),
  listed('Drag', 'Window: right is wider, down is a higher centre', 'Film'),
  listed('Wheel', 'Zoom at the cursor', 'Film'),
  listed('Space+Drag', 'Pan (also right or middle button)', 'Film'),
  ...FINDING_NUMBERS.map((n) => ({
    ...key(String(n), `finding-${n}`, '1…9', 'Attention of this finding of the list', 'Findings'),
  })),
  listed('↑ ↓', 'Next finding, in the list', 'Findings'),
  key('a', 'attention', 'A', 'Attention map on and off', 'Findings'),
  key('g', 'grid', 'G', 'The network’s own 7×7 values', 'Findings'),
  key('s', 'order', 'S', 'Order: the card’s, or above cut-off first', 'Findings'),
  key('y', 'answer-present', 'Y', 'The finding is present; on to the next one', 'Your reading'),
  key('x', 'answer-absent', 'X', 'It is absent; on to the next one', 'Your reading'),
  key('q', 'answer-unsure', 'Q', 'Unsure; on to the next one', 'Your reading'),
  key('Backspace', 'answer-open', '⌫', 'Take the answer back', 'Your reading'),
  key('Shift+Y', 'agree', 'Shift+Y', 'Agree with the model on the others', 'Your reading'),
  key('d', 'reviewed', 'D', 'The study is done, or to be read again', 'Your reading'),
];
