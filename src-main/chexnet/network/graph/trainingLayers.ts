/** The layers of a DenseNet with variables inside: forward, and on a tape the way back. NHWC, float32. */
import type { Convolution, Linear, Norm, Pool } from '../densenet121';
import type { LayerWriter } from '../trainingNetwork';
import type { Tape } from './trainingTape';
import { outputOf, type NormStatistics, type TrainingWriter } from './trainingWriter';

export type LayerOptions = {
  readonly writer: TrainingWriter;
  /** The value of a parameter, by torchvision's name. */
  readonly read: (parameter: string) => string;
  readonly epsilon: number;
  readonly recompute: boolean;
};

export class TrainingLayers implements LayerWriter<string> {
  readonly #options: LayerOptions;
  /** null: inference, with the running statistics. */
  readonly #tape: Tape | null;
  /** What each batch norm saw, the variance unbiased. */
  readonly batchStatistics = new Map<string, NormStatistics>();
  /** What a concatenation was made of. */
  readonly #parts = new Map<string, readonly string[]>();
  readonly #measured = new Map<string, NormStatistics>();

  constructor(options: LayerOptions, tape: Tape | null) {
    this.#options = options;
    this.#tape = tape;
  }

  convolve(x: string, conv: Convolution): string {
    return conv.stride === 1 || conv.pad === 0 ? this.#convolve(x, conv) : this.#convolvePadded(x, conv);
  }

  #convolve(x: string, conv: Convolution): string {
    const { writer, read } = this.#options;
    const filter = read(`${conv.name}.weight`);
    const y = writer.convolveSame(x, filter, conv);
    this.#tape?.note(y, (gradient) => {
      const tape = this.#tape!;
      const shape = [conv.size, conv.size, conv.inputs, conv.outputs];
      const input = tape.recall(x, gradient);
      tape.gradients.set(`${conv.name}.weight`, writer.convolveBackToFilter(input, shape, gradient, conv));
      tape.give(x, writer.convolveBackToInput(input, filter, gradient, conv));
    });
    return y;
  }

  /** At stride 2 TensorFlow's `SAME` pads otherwise. */
  #convolvePadded(x: string, conv: Convolution): string {
    const { writer } = this.#options;
    const padded = writer.pad(x, conv.pad);
    this.#tape?.note(padded, (gradient) => this.#tape!.give(x, writer.crop(gradient, conv.pad, x)));
    return this.#convolve(padded, { ...conv, pad: 0 });
  }

  normAndActivate(x: string, { name, channels }: Norm): string {
    const { writer, read, epsilon, recompute } = this.#options;
    const parameters = { scale: read(`${name}.weight`), shift: read(`${name}.bias`) };
    const tape = this.#tape;
    if (tape === null) {
      const running = { mean: read(`${name}.running_mean`), variance: read(`${name}.running_var`) };
      return writer.scaleAndActivate(x, writer.foldNorm(parameters, running, epsilon), channels);
    }
    const batch = this.#measure(x);
    this.batchStatistics.set(name, { ...batch, variance: writer.unbias(batch.variance, x, channels) });
    const folded = writer.foldNorm(parameters, batch, epsilon);
    const y = writer.scaleAndActivate(x, folded, channels);
    if (recompute) tape.forget(y, (after) => writer.scaleAndActivate(tape.recall(x, after), folded, channels, after));
    tape.note(y, (gradient) => {
      const activated = writer.reluBack(tape.recall(y, gradient), gradient);
      const back = writer.normBack(activated, tape.recall(x, gradient), parameters.scale, batch, epsilon);
      tape.give(x, back);
      tape.gradients.set(`${name}.weight`, outputOf(back, 1));
      tape.gradients.set(`${name}.bias`, outputOf(back, 2));
    });
    return y;
  }

  /** Of a concatenation the parts are measured, each once however often it is concatenated again. */
  #measure(x: string): NormStatistics {
    const { writer } = this.#options;
    const parts = (this.#parts.get(x) ?? [x]).map((part) => {
      const known = this.#measured.get(part) ?? writer.measure(part);
      this.#measured.set(part, known);
      return known;
    });
    if (parts.length === 1) return parts[0]!;
    return {
      mean: writer.join(parts.map(({ mean }) => mean)),
      variance: writer.join(parts.map(({ variance }) => variance)),
    };
  }

  concatenate(x: string, channels: number, y: string): string {
    const { writer } = this.#options;
    const both = writer.concatenate(x, y);
    const tape = this.#tape;
    if (tape === null) return both;
    const parts = [...(this.#parts.get(x) ?? [x]), y];
    this.#parts.set(both, parts);
    // A copy: those of 16 films take 200 MB to keep, and a thirtieth of a step to make again.
    tape.forget(both, (after) => writer.concatenateAll(parts, after));
    tape.note(both, (gradient) => {
      tape.give(x, writer.slice(gradient, [0, 0, 0, 0], [-1, -1, -1, channels]));
      tape.give(y, writer.slice(gradient, [0, 0, 0, channels], [-1, -1, -1, -1]));
    });
    return both;
  }

  maxPool(x: string, pool: Pool): string {
    const { writer } = this.#options;
    const padded = writer.pad(x, pool.pad);
    const inside = { ...pool, pad: 0 };
    const y = writer.maxPool(padded, inside);
    this.#tape?.note(y, (gradient) => {
      const back = writer.maxPoolBack(padded, y, gradient, inside);
      this.#tape!.give(x, writer.crop(back, pool.pad, x));
    });
    return y;
  }

  averagePool(x: string, pool: Pool): string {
    const { writer } = this.#options;
    const y = writer.averagePool(x, pool);
    this.#tape?.note(y, (gradient) => this.#tape!.give(x, writer.averagePoolBack(x, gradient, pool)));
    return y;
  }

  averagePlaces(x: string, channels: number): string {
    const { writer } = this.#options;
    const y = writer.averagePlaces(x);
    this.#tape?.note(y, (gradient) => {
      this.#tape!.give(x, writer.averagePlacesBack(x, y, channels, gradient));
    });
    return y;
  }

  connect(x: string, { name }: Linear): string {
    const { writer, read } = this.#options;
    const kernel = read(`${name}.weight`);
    const y = writer.connect(x, kernel, read(`${name}.bias`));
    this.#tape?.note(y, (gradient) => {
      const tape = this.#tape!;
      tape.gradients.set(`${name}.weight`, writer.multiplyMatrices(x, gradient, { a: true }));
      tape.gradients.set(`${name}.bias`, writer.sum(gradient, [0]));
      tape.give(x, writer.multiplyMatrices(gradient, kernel, { b: true }));
    });
    return y;
  }

  activate(x: string): string {
    const { writer } = this.#options;
    const y = writer.relu(x);
    this.#tape?.note(y, (gradient) => this.#tape!.give(x, writer.reluBack(y, gradient)));
    return y;
  }

  /** TensorFlow itself sees what nothing needs any more. */
  advance(x: string, step: (x: string) => string): string {
    return step(x);
  }
}
