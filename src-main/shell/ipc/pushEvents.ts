/** Pushes events to the window; with no window open they are dropped, since a window asks for all at its start. */
import type { BrowserWindow } from 'electron';
import type { AppEvents, EventName } from '#main/contract/events';

export type PushEvent = <Name extends EventName>(name: Name, payload: AppEvents[Name]) => void;

export function createPush(currentWindow: () => BrowserWindow | null): PushEvent {
  return (name, payload) => {
    const window = currentWindow();
    if (window !== null && !window.isDestroyed()) window.webContents.send(name, payload);
  };
}
