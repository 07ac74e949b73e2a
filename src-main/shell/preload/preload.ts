/** The window's only door: the contract's API over Electron's IPC. Runs sandboxed; nothing else is exposed. */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import { createApi } from '#main/contract/createApi';

contextBridge.exposeInMainWorld(
  'hilum',
  createApi({
    invoke: (name, argument) => ipcRenderer.invoke(name, argument),
    subscribe: (name, listener) => {
      const handler = (_event: IpcRendererEvent, payload: unknown): void => listener(payload);
      ipcRenderer.on(name, handler);
      return () => ipcRenderer.off(name, handler);
    },
    pathOfFile: (file) => webUtils.getPathForFile(file as File),
  }),
);
