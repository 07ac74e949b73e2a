/**
 * The convolutional layers of the network on the heap of TF.js: a program of steps, which any number of threads walk
 * through together. A step is cut into chunks of rows, and whoever is free takes the next. Nobody goes on to the next
 * step before all chunks of this one are finished; but nobody waits for a thread that has none, so that one which comes
 * late, or which the system has put aside, costs the others nothing but its help.
 */
import { compute } from './compute';
import { Step } from './step';

/** What all threads see. */
@unmanaged
class Control {
  /** Counts the runs of programs; threads without work wait for it to change. */
  run: u32;
  /** Threads, the first not counted, that may be at a program. */
  busy: u32;
  /** Set when a thread has died in the middle of its work, which would then never be finished. */
  failed: u32;
  program: usize;
  steps: usize;
  /** Memory of its own for each thread, one after the other. */
  scratch: usize;
  scratchBytes: usize;
}

const STEP_BYTES = offsetof<Step>();
const DONE = offsetof<Step>('done');
const BUSY = offsetof<Control>('busy');
const FAILED = offsetof<Control>('failed');
/** At a counter before a thread goes to sleep: some ten microseconds. */
const LOOKS = 4000;
const SECOND_NS: i64 = 1_000_000_000;
const NONE: u32 = 0xffffffff;

/** The next chunk of the step that nobody has taken. The run's number in the ticket keeps out who comes too late. */
function takeChunk(step: usize, run: u32): u32 {
  const chunks = changetype<Step>(step).chunks;
  let ticket = atomic.load<u64>(step);
  while (u32(ticket >> 32) === run && u32(ticket) < chunks) {
    const seen = atomic.cmpxchg<u64>(step, ticket, ticket + 1);
    if (seen === ticket) return u32(ticket);
    ticket = seen;
  }
  return NONE;
}

/** Until the counter is no longer `value`. */
function sleep(control: usize, counter: usize, value: u32): void {
  if (atomic.load<u32>(control, FAILED) !== 0) unreachable();
  // The time limit is for a thread that fails after this one looked.
  atomic.wait<u32>(counter, value, SECOND_NS);
}

/** Until the step is finished, or its run is over anyway. */
function awaitStep(control: usize, step: usize, run: u32): void {
  const chunks = changetype<Step>(step).chunks;
  for (let looks = 0; ; looks++) {
    const done = atomic.load<u32>(step, DONE);
    if (done === chunks || atomic.load<u32>(control) !== run) return;
    if (looks > LOOKS) sleep(control, step + DONE, done);
  }
}

function takePart(control: usize, thread: usize, run: u32): void {
  const shared = changetype<Control>(control);
  const scratch = shared.scratch + thread * shared.scratchBytes;
  const end = shared.program + shared.steps * STEP_BYTES;
  for (let at = shared.program; at < end; at += STEP_BYTES) {
    const step = changetype<Step>(at);
    for (let chunk = takeChunk(at, run); chunk !== NONE; chunk = takeChunk(at, run)) {
      const first = usize(chunk) * step.rowsPerChunk;
      compute(step, first, min<usize>(first + step.rowsPerChunk, step.rows), scratch);
      if (atomic.add<u32>(at, 1, DONE) + 1 === step.chunks) atomic.notify(at + DONE);
    }
    awaitStep(control, at, run);
  }
}

/** Runs a program to its end; its first step reads `source`, its last one writes `target`. */
export function run(
  control: usize,
  program: usize,
  steps: usize,
  scratch: usize,
  scratchBytes: usize,
  source: usize,
  target: usize,
): void {
  const shared = changetype<Control>(control);
  const last = program + (steps - 1) * STEP_BYTES;
  const number = shared.run + 1;
  for (let at = program; at <= last; at += STEP_BYTES) {
    atomic.store<u32>(at, 0, DONE);
    atomic.store<u64>(at, u64(number) << 32);
  }
  changetype<Step>(program).source = source;
  changetype<Step>(last).target = target;
  shared.program = program;
  shared.steps = steps;
  shared.scratch = scratch;
  shared.scratchBytes = scratchBytes;
  atomic.store<u32>(control, number);
  atomic.notify(control);
  takePart(control, 0, number);
}

/** Returns when no thread is at a program any more, however late it is: its memory may then be given back. */
export function settle(control: usize): void {
  changetype<Control>(control).steps = 0;
  atomic.add<u32>(control, 1);
  const counter = control + BUSY;
  for (let busy = atomic.load<u32>(counter); busy !== 0; busy = atomic.load<u32>(counter)) {
    sleep(control, counter, busy);
  }
}

/** What a thread says that can not go on. */
export function fail(control: usize): void {
  atomic.store<u32>(control, 1, FAILED);
}

/** What every thread but the first does as long as it lives. */
export function serve(control: usize, thread: usize): void {
  for (let seen: u32 = 0; ;) {
    const number = atomic.load<u32>(control);
    if (number === seen) {
      atomic.wait<u32>(control, seen);
      continue;
    }
    seen = number;
    atomic.add<u32>(control, 1, BUSY);
    if (atomic.load<u32>(control) === number) takePart(control, thread, number);
    if (atomic.sub<u32>(control, 1, BUSY) === 1) atomic.notify(control + BUSY);
  }
}
