/** The application menu: small, since every command of reading lives in the window. */
import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { AppEvents } from '#main/contract/events';
import type { PushEvent } from './ipc/pushEvents';

export function setMenu(push: PushEvent): void {
  function command(
    label: string,
    name: AppEvents['menuCommand']['command'],
    accelerator?: string,
  ): MenuItemConstructorOptions {
    return {
      label,
      ...(accelerator === undefined ? {} : { accelerator }),
      click: () => push('menuCommand', { command: name }),
    };
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
      {
        label: '&File',
        submenu: [
          command('Open folder…', 'open-folder', 'CmdOrCtrl+O'),
          command('Open files…', 'open-files', 'CmdOrCtrl+Shift+O'),
          { type: 'separator' },
          command('Settings…', 'show-settings', 'CmdOrCtrl+,'),
          { type: 'separator' },
          { role: process.platform === 'darwin' ? 'close' : 'quit' },
        ],
      },
      { role: 'editMenu' },
      { label: '&View', submenu: [{ role: 'togglefullscreen' }] },
      {
        label: '&Help',
        submenu: [command('Keyboard', 'show-keys'), command('About Hilum', 'show-about')],
      },
    ]),
  );
}
