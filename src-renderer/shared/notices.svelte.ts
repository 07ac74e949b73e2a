/** What the window has to tell: errors as sentences with what to do, newest first, until they are dismissed. */
import { isCancelled, toErrorBody, type ErrorBody } from '#main/contract/errors';
import { ERROR_TEXTS } from './errorTexts';

export type Notice = { readonly id: number; readonly error: ErrorBody; readonly times: number };

const KEPT = 4;

export class Notices {
  list: readonly Notice[] = $state.raw([]);
  #nextId = 1;

  /** Cancelling is not an error. The same error again raises a count instead of a second notice. */
  report(thrown: unknown): void {
    if (isCancelled(thrown)) return;
    this.reportBody(toErrorBody(thrown));
  }

  reportBody(error: ErrorBody): void {
    if (ERROR_TEXTS[error.code].severity === 'silent') return;
    const known = this.list.find(
      (notice) => notice.error.code === error.code && notice.error.message === error.message,
    );
    const others = this.list.filter((notice) => notice !== known);
    const notice = known === undefined ? { id: this.#nextId++, error, times: 1 } : { ...known, times: known.times + 1 };
    this.list = [notice, ...others].slice(0, KEPT);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  /** Runs an action whose failure the person must learn of; undefined where it failed. */
  async attempt<Value>(action: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await action();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }
}
