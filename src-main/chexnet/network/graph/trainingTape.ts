/**
 * Reverse-mode differentiation while a graph is written: each layer notes on the way forward how a gradient passes it,
 * and unwinding the notes from the last to the first writes the way back.
 */
import type { TrainingWriter } from './trainingWriter';

type Note = { readonly output: string; readonly passBack: (gradient: string) => void };

export class Tape {
  readonly #writer: TrainingWriter;
  readonly #notes: Note[] = [];
  readonly #arrived = new Map<string, string[]>();
  readonly #remakers = new Map<string, (after: string) => string>();
  readonly #remade = new Map<string, string>();
  /** Of each trained parameter, in the graph's layout. */
  readonly gradients = new Map<string, string>();

  constructor(writer: TrainingWriter) {
    this.#writer = writer;
  }

  /** `passBack` is called with d loss / d output, if any gradient arrives there. */
  note(output: string, passBack: (gradient: string) => void): void {
    this.#notes.push({ output, passBack });
  }

  /** A part of d loss / d x; the parts add up. */
  give(x: string, gradient: string): void {
    this.#arrived.set(x, [...(this.#arrived.get(x) ?? []), gradient]);
  }

  /** Frees x after the way forward: whoever asks for it on the way back gets it computed again. */
  forget(x: string, remake: (after: string) => string): void {
    this.#remakers.set(x, remake);
  }

  /**
   * x as it was on the way forward. A forgotten one is remade once, and not before `after` is there: TensorFlow runs
   * whatever it can, and would otherwise remake all of them at once.
   */
  recall(x: string, after: string): string {
    const remake = this.#remakers.get(x);
    if (remake === undefined) return x;
    const remade = this.#remade.get(x) ?? remake(after);
    this.#remade.set(x, remade);
    return remade;
  }

  unwind(): void {
    for (const { output, passBack } of this.#notes.toReversed()) {
      const parts = this.#arrived.get(output) ?? [];
      if (parts.length > 0) passBack(parts.length === 1 ? parts[0]! : this.#writer.addUp(parts));
    }
  }
}
