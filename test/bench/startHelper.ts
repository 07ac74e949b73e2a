/** Starts a helper as a process of its own, as the product does, and fails loudly when it dies. */
import { createCaller, type Caller, type Protocol } from '#main/channel/channel';
import { forkChild } from '#main/channel/forkChild';
import { AppError } from '#main/contract/errors';
import { peakResidentBytes, residentBytes } from './machine';

export type Helper<P extends Protocol> = {
  request: Caller<P>['request'];
  residentBytes(): number | null;
  peakResidentBytes(): number | null;
  stop(): void;
};

export function startHelper<P extends Protocol>(program: string, env = process.env): Helper<P> {
  const child = forkChild(program, env);
  const caller = createCaller<P>(child);
  child.onExit((code) => caller.fail(new AppError('engine/crashed', `${program} ended with ${String(code)}.`)));
  return {
    request: (name, argument, signal) => caller.request(name, argument, signal),
    residentBytes: () => (child.pid === undefined ? null : residentBytes(child.pid)),
    peakResidentBytes: () => (child.pid === undefined ? null : peakResidentBytes(child.pid)),
    stop: () => child.kill(),
  };
}
