/**
 * The window's whole API, built over a transport: the preload script supplies Electron's, tests supply a fake.
 */
import { API_NAMES, type ApiArgument, type ApiName, type ApiReply } from './api';
import type { ErrorBody } from './errors';
import { EVENT_NAMES, type AppEvents, type EventName } from './events';

export type Envelope<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ErrorBody };

export type Transport = {
  invoke(name: ApiName, argument: unknown): Promise<unknown>;
  /** Returns the function that ends the subscription. */
  subscribe(name: EventName, listener: (payload: unknown) => void): () => void;
  /** The path of a file that was dropped into the window; '' where it has none. */
  pathOfFile(file: unknown): string;
};

/** Members answer with the envelope, because an Error loses its code between isolated worlds. */
export type HilumApi = {
  readonly [Name in ApiName]: (argument: ApiArgument<Name>) => Promise<Envelope<ApiReply<Name>>>;
} & {
  readonly on: { readonly [Name in EventName]: (listener: (payload: AppEvents[Name]) => void) => () => void };
  readonly pathOfFile: (file: unknown) => string;
};

export function createApi(transport: Transport): HilumApi {
  const calls = Object.fromEntries(
    API_NAMES.map((name) => [name, (argument: unknown) => transport.invoke(name, argument)]),
  );
  const on = Object.fromEntries(
    EVENT_NAMES.map((name) => [name, (listener: (payload: unknown) => void) => transport.subscribe(name, listener)]),
  );
  // The one unchecked cast of the contract: both tables above are made from the names that the types are made from.
  return { ...calls, on, pathOfFile: (file: unknown) => transport.pathOfFile(file) } as unknown as HilumApi;
}
