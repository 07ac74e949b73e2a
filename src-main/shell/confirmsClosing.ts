/** Closing the window ends a run: whoever closes it is asked first. */
import { dialog, type BrowserWindow } from 'electron';

/** True where the person wants the run to stop. */
export function confirmsClosing(window: BrowserWindow): boolean {
  const chosen = dialog.showMessageBoxSync(window, {
    type: 'question',
    message: 'A model is being trained.',
    detail: 'Closing Hilum stops the run after the step at hand. It can be gone on with later, and nothing is lost.',
    buttons: ['Keep training', 'Stop and close'],
    defaultId: 0,
    cancelId: 0,
  });
  return chosen === 1;
}
