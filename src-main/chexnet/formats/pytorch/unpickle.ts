/**
 * A pickle machine (Python's pickletools, protocols 2 to 4) that builds plain data and tensors and does nothing else:
 * no name is imported, nothing is called, and an opcode or name that is not expected ends the reading. Malformed and
 * hostile input throws `model/invalid`.
 */
import { construct, isKnownGlobal } from './knownGlobals';
import { invalid, isThing, type Pickled } from './pickleValues';

const MARK = Symbol('mark');

/** What a pickle says about data that lies outside of it: `('storage', type, key, …)`. */
export type LoadPersistent = (id: readonly Pickled[]) => Pickled;

/** The first pickle in `bytes` from `start`, and where it ends. */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  loadPersistent: LoadPersistent,
): { readonly value: Pickled; readonly end: number } {
  const machine = new PickleMachine(bytes, start, loadPersistent);
  while (!machine.stopped) {
    const opcode = machine.byte();
    const run = OPCODES.get(opcode);
    if (run === undefined) throw invalid(`it uses the pickle opcode 0x${opcode.toString(16)}, which is refused.`);
    run(machine);
  }
  return { value: machine.pop(), end: machine.at };
}

/** Lives for one pickle. */
class PickleMachine {
  at: number;
  stopped = false;
  readonly memo = new Map<number, Pickled>();
  readonly loadPersistent: LoadPersistent;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: (Pickled | typeof MARK)[] = [];

  constructor(bytes: Uint8Array, start: number, loadPersistent: LoadPersistent) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.loadPersistent = loadPersistent;
  }

  /** Moves on by `length` bytes; returns where they start. */
  skip(length: number): number {
    const from = this.at;
    if (length > this.#bytes.length - from) throw invalid('it ends within a pickle.');
    this.at = from + length;
    return from;
  }

  byte(): number {
    return this.#view.getUint8(this.skip(1));
  }
  unsigned16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }
  unsigned32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }
  signed32(): number {
    return this.#view.getInt32(this.skip(4), true);
  }
  float64(): number {
    return this.#view.getFloat64(this.skip(8), false);
  }
  unsigned64(): number {
    const value = this.#view.getBigUint64(this.skip(8), true);
    // Beyond that no file has bytes: `skip` refuses it.
    return Number(value);
  }
  slice(length: number): Uint8Array {
    const from = this.skip(length);
    return this.#bytes.subarray(from, from + length);
  }
  text(length: number): string {
    return new TextDecoder().decode(this.slice(length));
  }
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw invalid('it ends within a pickle.');
    const text = this.text(end - this.at);
    this.skip(1);
    return text;
  }

  push(value: Pickled): void {
    this.#stack.push(value);
  }
  mark(): void {
    this.#stack.push(MARK);
  }
  pop(): Pickled {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw invalid('a pickle takes more than it has put down.');
    return value;
  }
  top(): Pickled {
    const value = this.pop();
    this.push(value);
    return value;
  }
  /** Everything above the last mark, which goes too. */
  popToMark(): Pickled[] {
    const from = this.#stack.lastIndexOf(MARK);
    if (from < 0) throw invalid('a pickle takes more than it has put down.');
    const values = this.#stack.splice(from + 1);
    this.#stack.pop();
    return values as Pickled[];
  }
}

type Operation = (machine: PickleMachine) => void;

function popString(machine: PickleMachine): string {
  const value = machine.pop();
  if (typeof value !== 'string') throw invalid('a name in it is no text.');
  return value;
}

function popList(machine: PickleMachine): Pickled[] {
  const value = machine.pop();
  if (!Array.isArray(value)) throw invalid('something in it is no list where one is needed.');
  return value;
}

/** A person's own network, saved whole. */
const OWN_CLASS = /^(?:__main__|[a-z_]\w*(?:\.\w+)*)\.[A-Z]\w*$/;
const WITHOUT_CLASS =
  ' Where that class is at hand, torch.save(model.state_dict(), FILE) keeps the weights without it.';

function pushGlobal(machine: PickleMachine, module: string, name: string): void {
  const full = `${module}.${name}`;
  if (!isKnownGlobal(full))
    throw invalid(`it names ${full}, which is refused.${OWN_CLASS.test(full) ? WITHOUT_CLASS : ''}`);
  machine.push({ kind: 'global', name: full });
}

function popGlobal(machine: PickleMachine): string {
  const value = machine.pop();
  if (!isThing(value, 'global')) throw invalid('it wants to call something that has no name.');
  return value.name;
}

function reduce(machine: PickleMachine): void {
  const given = popList(machine);
  machine.push(construct(popGlobal(machine), given));
}

/** Attributes of a record. What builds anything else (an OrderedDict's `_metadata`) says nothing about weights. */
function build(machine: PickleMachine): void {
  const state = machine.pop();
  const target = machine.top();
  if (!isThing(target, 'record') || !(state instanceof Map)) return;
  for (const [key, value] of state) target.attributes.set(key, value);
}

function extend(machine: PickleMachine, values: readonly Pickled[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw invalid('something in it is no list where one is needed.');
  for (const value of values) list.push(value);
}

function setItems(machine: PickleMachine, items: readonly Pickled[]): void {
  const map = machine.top();
  if (!(map instanceof Map)) throw invalid('something in it is no dictionary where one is needed.');
  if (items.length % 2 !== 0) throw invalid('a dictionary in it has a key without a value.');
  for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!);
}

/** Little-endian two's complement. Tens of bytes are a random state; more would only cost time. */
function longInteger(machine: PickleMachine, length: number): number | bigint {
  const value = machine.slice(length).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const signed = BigInt.asIntN(8 * length, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

function remember(machine: PickleMachine, index: number): void {
  machine.memo.set(index, machine.top());
}

function recall(machine: PickleMachine, index: number): void {
  const value = machine.memo.get(index);
  if (value === undefined) throw invalid('it refers to something that it has not built.');
  machine.push(value);
}

function takeLast(machine: PickleMachine, count: number): void {
  const values: Pickled[] = [];
  for (let i = 0; i < count; i++) values.unshift(machine.pop());
  machine.push(values);
}

function persistent(machine: PickleMachine): void {
  machine.push(machine.loadPersistent(popList(machine)));
}

/** By code, in the order of pickletools: numbers, texts, containers, the stack, the memo, names, objects, the frame. */
const OPCODES: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x4a, (m) => m.push(m.signed32())], // BININT
  [0x4b, (m) => m.push(m.byte())], // BININT1
  [0x4d, (m) => m.push(m.unsigned16())], // BININT2
  [0x8a, (m) => m.push(longInteger(m, m.byte()))], // LONG1
  [0x47, (m) => m.push(m.float64())], // BINFLOAT
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x54, (m) => m.push(m.text(m.unsigned32()))], // BINSTRING, of Python 2
  [0x55, (m) => m.push(m.text(m.byte()))], // SHORT_BINSTRING
  [0x58, (m) => m.push(m.text(m.unsigned32()))], // BINUNICODE
  [0x8c, (m) => m.push(m.text(m.byte()))], // SHORT_BINUNICODE
  [0x8d, (m) => m.push(m.text(m.unsigned64()))], // BINUNICODE8
  [0x42, (m) => m.push(m.slice(m.unsigned32()))], // BINBYTES
  [0x43, (m) => m.push(m.slice(m.byte()))], // SHORT_BINBYTES
  [0x8e, (m) => m.push(m.slice(m.unsigned64()))], // BINBYTES8
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x61, (m) => extend(m, [m.pop()])], // APPEND
  [0x65, (m) => extend(m, m.popToMark())], // APPENDS
  [0x6c, (m) => m.push(m.popToMark())], // LIST
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x74, (m) => m.push(m.popToMark())], // TUPLE
  [0x85, (m) => takeLast(m, 1)], // TUPLE1
  [0x86, (m) => takeLast(m, 2)], // TUPLE2
  [0x87, (m) => takeLast(m, 3)], // TUPLE3
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x73, (m) => setItems(m, [m.pop(), m.pop()].reverse())], // SETITEM
  [0x75, (m) => setItems(m, m.popToMark())], // SETITEMS
  [0x8f, (m) => m.push([])], // EMPTY_SET
  [0x90, (m) => extend(m, m.popToMark())], // ADDITEMS
  [0x91, (m) => m.push(m.popToMark())], // FROZENSET
  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => void m.pop()], // POP
  [0x31, (m) => void m.popToMark()], // POP_MARK
  [0x32, (m) => m.push(m.top())], // DUP
  [0x71, (m) => remember(m, m.byte())], // BINPUT
  [0x72, (m) => remember(m, m.unsigned32())], // LONG_BINPUT
  [0x94, (m) => remember(m, m.memo.size)], // MEMOIZE
  [0x68, (m) => recall(m, m.byte())], // BINGET
  [0x6a, (m) => recall(m, m.unsigned32())], // LONG_BINGET
  [0x63, (m) => pushGlobal(m, m.line(), m.line())], // GLOBAL
  [0x93, (m) => pushGlobal(m, ...([popString(m), popString(m)].reverse() as [string, string]))], // STACK_GLOBAL
  [0x52, reduce], // REDUCE
  [0x81, reduce], // NEWOBJ: to data, making and calling are one
  [0x62, build], // BUILD
  [0x51, persistent], // BINPERSID
  [0x80, checkProtocol], // PROTO
  [0x95, (m) => void m.unsigned64()], // FRAME
  [0x2e, (m) => void (m.stopped = true)], // STOP
]);

function checkProtocol(machine: PickleMachine): void {
  const protocol = machine.byte();
  if (protocol < 2 || protocol > 5) throw invalid(`it is a pickle of protocol ${protocol}; 2 to 5 can be read.`);
}
