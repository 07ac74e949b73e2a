/**
 * Requests and replies over a border between processes or threads: the one way in which engine, decoding and
 * database are called. A protocol is a type that maps the name of a request to its argument and its reply.
 * Cancelling is a message; an error crosses as its body; when the other side dies, every open request fails.
 */
import { AppError, cancelled, fromErrorBody, toErrorBody, type ErrorBody } from '#main/contract/errors';

export type Protocol = Record<string, { argument: unknown; reply: unknown }>;

/** One end of a border. What is posted must be structured-cloneable. */
export type Port = {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
};

/** A helper that was started: a port, and its life. */
export type Child = Port & {
  readonly pid: number | undefined;
  /** Called once, however it ended; `code` is null where a signal ended it. */
  onExit(listener: (code: number | null) => void): void;
  kill(): void;
};

export type ChildName = 'engine' | 'decode' | 'trainer';

/** How this application starts helpers: Electron's utilityProcess in the window, child_process elsewhere. */
export type StartChild = (name: ChildName) => Child;

type RequestMessage = { type: 'request'; id: number; name: string; argument: unknown };
type CancelMessage = { type: 'cancel'; id: number };
type ReplyMessage = { type: 'reply'; id: number; value: unknown };
type ErrorMessage = { type: 'error'; id: number; error: ErrorBody };
type EventMessage = { type: 'event'; name: string; payload: unknown };
type Message = RequestMessage | CancelMessage | ReplyMessage | ErrorMessage | EventMessage;

export type Caller<P extends Protocol> = {
  request<Name extends keyof P & string>(
    name: Name,
    argument: P[Name]['argument'],
    signal?: AbortSignal,
  ): Promise<P[Name]['reply']>;
  /** What the other side pushes without being asked. */
  onEvent(listener: (name: string, payload: unknown) => void): void;
  /** Fails every open request with this error, and every later one too. */
  fail(error: AppError): void;
  readonly openRequests: number;
};

export function createCaller<P extends Protocol>(port: Port): Caller<P> {
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 1;
  let dead: AppError | null = null;
  let eventListener: (name: string, payload: unknown) => void = () => undefined;

  port.onMessage((raw) => {
    const message = raw as Message;
    if (message.type === 'event') return eventListener(message.name, message.payload);
    if (message.type !== 'reply' && message.type !== 'error') return;
    const request = open.get(message.id);
    open.delete(message.id);
    if (message.type === 'reply') request?.resolve(message.value);
    else request?.reject(fromErrorBody(message.error));
  });

  function request(name: string, argument: unknown, signal?: AbortSignal): Promise<unknown> {
    if (dead !== null) return Promise.reject(dead);
    if (signal?.aborted) return Promise.reject(cancelled());
    const id = next++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        open.delete(id);
        port.post({ type: 'cancel', id } satisfies Message);
        reject(cancelled());
      };
      const settle = (): void => signal?.removeEventListener('abort', onAbort);
      open.set(id, {
        resolve: (value) => (settle(), resolve(value)),
        reject: (error) => (settle(), reject(error)),
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      port.post({ type: 'request', id, name, argument } satisfies Message);
    });
  }

  return {
    request,
    onEvent: (listener) => {
      eventListener = listener;
    },
    fail: (error) => {
      dead = error;
      const requests = [...open.values()];
      open.clear();
      for (const { reject } of requests) reject(error);
    },
    get openRequests() {
      return open.size;
    },
  };
}

export type Handlers<P extends Protocol> = {
  readonly [Name in keyof P]: (
    argument: P[Name]['argument'],
    signal: AbortSignal,
  ) => P[Name]['reply'] | Promise<P[Name]['reply']>;
};

export type Server = { emit(name: string, payload: unknown): void };

/** Answers requests until the process ends. Requests run concurrently unless their handlers queue. */
export function serve<P extends Protocol>(port: Port, handlers: Handlers<P>): Server {
  const running = new Map<number, AbortController>();

  async function answer(message: RequestMessage): Promise<void> {
    const controller = new AbortController();
    running.set(message.id, controller);
    try {
      const handler = handlers[message.name];
      if (handler === undefined) throw new AppError('internal/unexpected', `No handler for ${message.name}.`);
      const value = await handler(message.argument, controller.signal);
      if (!controller.signal.aborted) port.post({ type: 'reply', id: message.id, value } satisfies Message);
    } catch (error) {
      if (!controller.signal.aborted) {
        port.post({ type: 'error', id: message.id, error: toErrorBody(error) } satisfies Message);
      }
    } finally {
      running.delete(message.id);
    }
  }

  port.onMessage((raw) => {
    const message = raw as Message;
    if (message.type === 'cancel') running.get(message.id)?.abort();
    else if (message.type === 'request') void answer(message);
  });
  return { emit: (name, payload) => port.post({ type: 'event', name, payload } satisfies Message) };
}
