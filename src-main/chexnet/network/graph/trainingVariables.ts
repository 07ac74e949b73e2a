/**
 * The variables of a training graph: parameters, Adam's moments, sums of gradients. They lie in the graph's layout;
 * what goes in and out has torchvision's.
 */
import type { Parameter } from '../densenet121';
import { innerShape, TURNS } from '../tensorLayout';
import type { Tensor } from '../weights';
import type { SignatureTensor } from './savedModel';
import type { TrainingWriter } from './trainingWriter';

/** A parameter's value; Adam's moments and the sum of gradients of a trained one. */
type Role = 'value' | 'first' | 'second' | 'sum';

/** A parameter that does not change, in the graph's layout. */
export function writeConstant(writer: TrainingWriter, { shape, data }: Tensor): string {
  const constant = writer.constant(data, shape);
  const turns = TURNS.get(shape.length);
  return turns === undefined ? constant : writer.transpose(constant, turns.inwards);
}

/** A part of the state, in the order in which `load` takes and `save` gives them. */
export type StateEntry = { readonly parameter: Parameter; readonly role: Exclude<Role, 'sum'> };

type Variable = { readonly parameter: Parameter; readonly role: Role; readonly handle: string };

function variableName(role: Role, parameter: string): string {
  return `${role}/${parameter}`;
}

export class TrainingVariables {
  readonly #writer: TrainingWriter;
  readonly #variables = new Map<string, Variable>();
  readonly state: StateEntry[] = [];

  constructor(writer: TrainingWriter) {
    this.#writer = writer;
  }

  create(parameter: Parameter, role: Role): void {
    const name = variableName(role, parameter.name);
    const handle = this.#writer.variable(name, innerShape(parameter.shape));
    this.#variables.set(name, { parameter, role, handle });
    if (role !== 'sum') this.state.push({ parameter, role });
  }

  handle(role: Role, parameter: string): string {
    return this.#variables.get(variableName(role, parameter))!.handle;
  }

  /** In torchvision's shape. */
  present(x: string, { name, shape }: Parameter, prefix: string): SignatureTensor {
    const turns = TURNS.get(shape.length);
    const presented = `${prefix}/${name}`;
    if (turns === undefined) this.#writer.after(x, [], presented);
    else this.#writer.transpose(x, turns.outwards, presented);
    return { name: presented, shape };
  }

  /** Placeholders for a state, and the nodes that put it into the variables. */
  writeLoad(): { readonly inputs: readonly SignatureTensor[]; readonly nodes: readonly string[] } {
    const inputs = this.state.map(({ parameter: { name, shape }, role }) => ({ name: `load/${role}/${name}`, shape }));
    const nodes = this.state.map(({ parameter: { name, shape }, role }, i) => {
      const fed = this.#writer.placeholder(inputs[i]!.name, shape);
      const turns = TURNS.get(shape.length);
      const turned = turns === undefined ? fed : this.#writer.transpose(fed, turns.inwards);
      return this.#writer.assign(this.handle(role, name), this.#writer.copy(turned));
    });
    return { inputs, nodes };
  }

  writeSave(): readonly SignatureTensor[] {
    return this.state.map(({ parameter, role }) =>
      this.present(this.#writer.read(this.handle(role, parameter.name)), parameter, `save/${role}`),
    );
  }

  /** Before the first piece of a batch; until then they take no memory. */
  writeEmptySums(): string[] {
    const sums = [...this.#variables.values()].filter(({ role }) => role === 'sum');
    return sums.map(({ parameter: { shape }, handle }) =>
      this.#writer.assign(handle, this.#writer.zeros(innerShape(shape))),
    );
  }
}
