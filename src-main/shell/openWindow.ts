/** The one window: dark from its first frame, sandboxed, with nothing but the preload script's door. */
import { join } from 'node:path';
import { BrowserWindow, nativeTheme } from 'electron';
import { APP_ORIGIN } from './lockDown';

export function openWindow(folder: string): BrowserWindow {
  // Menus and frames of the system would be the brightest thing in a dark room.
  nativeTheme.themeSource = 'dark';
  const window = new BrowserWindow({
    width: 1680,
    height: 1020,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    // Alt shows it; every command has a key or a button in the window.
    autoHideMenuBar: true,
    backgroundColor: '#0b0d0f',
    title: 'Hilum',
    webPreferences: {
      preload: join(folder, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  // A renderer that crashed is shown again; everything that matters lies in the database.
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason !== 'clean-exit') window.webContents.reload();
  });
  void window.loadURL(`${APP_ORIGIN}/index.html`);
  return window;
}
