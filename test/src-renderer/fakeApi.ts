/** The window's API over a transport in memory: answers from a table, every call kept, events pushed by the test. */
import type { ApiArgument, ApiName, ApiReply } from '#main/contract/api';
import { createApi, type HilumApi } from '#main/contract/createApi';
import { AppError, toErrorBody } from '#main/contract/errors';
import type { AppEvents, EventName } from '#main/contract/events';

type Answers = { [Name in ApiName]?: (argument: ApiArgument<Name>) => ApiReply<Name> | Promise<ApiReply<Name>> };

export type FakeApi = {
  readonly api: HilumApi;
  readonly calls: { readonly name: ApiName; readonly argument: unknown }[];
  readonly push: <Name extends EventName>(name: Name, payload: AppEvents[Name]) => void;
  /** Listeners that nobody has taken away. */
  readonly listeners: () => number;
};

export function createFakeApi(answers: Answers): FakeApi {
  const calls: { name: ApiName; argument: unknown }[] = [];
  const subscriptions = new Set<{ name: EventName; listener: (payload: unknown) => void }>();
  const api = createApi({
    async invoke(name, argument) {
      calls.push({ name, argument });
      const answer = answers[name] as ((argument: unknown) => unknown) | undefined;
      try {
        if (answer === undefined) throw new AppError('internal/unexpected', `No answer for the call ${name}.`);
        return { ok: true, value: await answer(argument) };
      } catch (error) {
        return { ok: false, error: toErrorBody(error) };
      }
    },
    subscribe(name, listener) {
      const subscription = { name, listener };
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
    pathOfFile: (file) => (file as { readonly path?: string }).path ?? '',
  });
  return {
    api,
    calls,
    push: (name, payload) => {
      for (const subscription of subscriptions) if (subscription.name === name) subscription.listener(payload);
    },
    listeners: () => subscriptions.size,
  };
}

/** An answer that the test gives when it wants. */
export function answerLater<Value>(): { readonly promise: Promise<Value>; readonly answer: (value: Value) => void } {
  let answer: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => (answer = resolve));
  return { promise, answer };
}
