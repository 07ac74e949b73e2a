/** Binds the key table to a handler. Keys typed into a field, or with a dialog open, are left alone. */
import { tinykeys } from 'tinykeys';
import { KEY_TABLE, type KeyCommand } from './keyTable';

/** Returns the function that takes the bindings away. */
export function bindKeys(target: Window, run: (command: KeyCommand) => void): () => void {
  const bindings = KEY_TABLE.flatMap(({ binding, command }) =>
    binding === null || command === null
      ? []
      : [
          [
            binding,
            (event: KeyboardEvent) => {
              if (isTyping(event) || document.querySelector('dialog[open]') !== null) return;
              event.preventDefault();
              run(command);
            },
          ] as const,
        ],
  );
  return tinykeys(target, withShifted(Object.fromEntries(bindings)));
}

type Bindings = Record<string, (event: KeyboardEvent) => void>;

/** tinykeys wants every modifier named; on many keyboards `?`, `+` and `/` need Shift, on others they do not. */
function withShifted(bindings: Bindings): Bindings {
  const shifted = Object.entries(bindings)
    .filter(([binding]) => /^[^a-zA-Z0-9]$/.test(binding))
    .map(([binding, handler]) => [`Shift+${binding}`, handler]);
  return { ...bindings, ...(Object.fromEntries(shifted) as Bindings) };
}

function isTyping({ target }: KeyboardEvent): boolean {
  if (target instanceof HTMLInputElement) return !['range', 'checkbox'].includes(target.type);
  // A list of the reading view has a key of its own; once something was chosen, the next key is meant for the film.
  if (target instanceof HTMLSelectElement) return target.dataset['ownKey'] === undefined;
  return target instanceof HTMLTextAreaElement;
}
