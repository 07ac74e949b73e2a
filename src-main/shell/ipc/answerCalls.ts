/**
 * Answers the window's calls. Every call is checked before its handler sees it: the sender must be the main frame
 * of our own page, and the argument must fit the contract's schema. Replies and errors go as envelopes.
 */
import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import * as v from 'valibot';
import { API, API_NAMES, type ApiHandlers, type ApiName } from '#main/contract/api';
import type { Envelope } from '#main/contract/createApi';
import { AppError, toErrorBody } from '#main/contract/errors';
import { APP_ORIGIN } from '../lockDown';

type AnyHandler = (argument: unknown) => Promise<unknown>;

export function answerCalls(handlers: ApiHandlers, onFault: (name: ApiName, error: unknown) => void): void {
  for (const name of API_NAMES) {
    ipcMain.handle(name, async (event, argument: unknown): Promise<Envelope<unknown>> => {
      try {
        checkSender(event);
        // The argument has just been parsed by this very name's schema.
        const value = await (handlers[name] as AnyHandler)(parseArgument(name, argument));
        return { ok: true, value };
      } catch (error) {
        const body = toErrorBody(error);
        if (body.code === 'internal/unexpected') onFault(name, error);
        return { ok: false, error: body };
      }
    });
  }
}

function checkSender(event: IpcMainInvokeEvent): void {
  const frame = event.senderFrame;
  const own = frame !== null && frame === event.sender.mainFrame && frame.url.startsWith(`${APP_ORIGIN}/`);
  if (!own) throw new AppError('contract/forbidden-sender', 'The call did not come from the window of Hilum.');
}

function parseArgument(name: ApiName, argument: unknown): unknown {
  const result = v.safeParse(API[name].argument, argument);
  if (result.success) return result.output;
  const where = v.getDotPath(result.issues[0]) ?? 'argument';
  throw new AppError('contract/invalid-argument', `The call ${name} has an argument that does not fit: ${where}.`, {
    call: name,
    field: where,
  });
}
