/** The system's file dialog, over the window where there is one. */
import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';

/** Empty where the person cancelled the dialog. */
export async function choosePaths(
  currentWindow: () => BrowserWindow | null,
  options: OpenDialogOptions,
): Promise<readonly string[]> {
  const window = currentWindow();
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return canceled ? [] : filePaths;
}
