/**
 * Decode processes: started when first needed, at most `processes` of them, each at one file at a time, first come
 * first served. A process that traps, hangs or grows too large costs the file at hand; the next file gets a new one.
 * Where it ended without a word, as when a system lacks memory and kills it, the file is tried once more.
 */
import type { StartChild } from '#main/channel/channel';
import { cancelled, toErrorBody } from '#main/contract/errors';
import type {
  DecodeProtocol,
  DecodeReply,
  DecodeRequest,
  Digest,
  FilmSource,
  OverlayRequest,
  PictureRequest,
  UnreadFile,
} from '#main/decoding/protocol/protocol';
import { startDecodeWorker, type DecodeLimits, type DecodeWorker } from './decodeWorker';

export type DecodePool = {
  /** Throws the codes of files, archives, pictures, DICOM and `decode/*`. */
  decode(request: DecodeRequest, signal?: AbortSignal): Promise<DecodeReply>;
  /** What an archive holds, or a DICOMDIR refers to. */
  listArchive(path: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Hashes a file or an entry of an archive, and copies it to `copyTo` unless that is null. */
  digest(source: FilmSource, copyTo?: string | null, signal?: AbortSignal): Promise<Digest>;
  /** Hashes a file that could not be decoded, and reads what its header says all the same. */
  describe(source: FilmSource, signal?: AbortSignal): Promise<UnreadFile>;
  /** Draws attention maps over a film. */
  overlay(request: OverlayRequest, signal?: AbortSignal): Promise<void>;
  /** Draws a small picture of a film, whether or not it may be judged. */
  picture(request: PictureRequest, signal?: AbortSignal): Promise<void>;
  /** Ends all processes; what is waiting or running fails as cancelled. */
  close(): Promise<void>;
};

export type DecodePoolOptions = Partial<DecodeLimits> & {
  readonly start: StartChild;
  readonly processes: number;
};

/** A 100-megapixel colour picture fits in; a decompression bomb does not. */
const MEMORY_LIMIT_BYTES = 2 * 2 ** 30;
/** The slowest real film (JPEG 2000, 5000×6000) takes about 8 seconds on an old machine. */
const TIME_LIMIT_MS = 60_000;

export function createDecodePool(options: DecodePoolOptions): DecodePool {
  const { start, processes, memoryLimitBytes = MEMORY_LIMIT_BYTES, timeLimitMs = TIME_LIMIT_MS } = options;
  const queue: Job[] = [];
  const idle: DecodeWorker[] = [];
  const workers = new Set<DecodeWorker>();
  let closed = false;

  function startWorker(): DecodeWorker {
    const worker = startDecodeWorker(start, { memoryLimitBytes, timeLimitMs });
    workers.add(worker);
    void worker.gone.then(() => {
      workers.delete(worker);
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
      handOut();
    });
    return worker;
  }

  function handOut(): void {
    while (queue.length > 0) {
      const worker = idle.pop() ?? (workers.size < processes ? startWorker() : undefined);
      if (worker === undefined) return;
      void work(worker, queue.shift()!);
    }
  }

  async function work(worker: DecodeWorker, job: Job): Promise<void> {
    await job.run(worker);
    if (!(await worker.free())) return;
    idle.push(worker);
    handOut();
  }

  function call<Name extends keyof DecodeProtocol>(name: Name, argument: Argument<Name>, signal?: AbortSignal) {
    return ask(name, argument, signal).catch((error: unknown) => {
      if (diedInSilence(error)) return ask(name, argument, signal);
      throw error;
    });
  }

  function ask<Name extends keyof DecodeProtocol>(name: Name, argument: Argument<Name>, signal?: AbortSignal) {
    if (closed || signal?.aborted) return Promise.reject(cancelled());
    return new Promise<DecodeProtocol[Name]['reply']>((resolve, reject) => {
      enqueue(queue, (worker) => worker.request(name, argument, signal).then(resolve, reject), reject, signal);
      handOut();
    });
  }

  async function close(): Promise<void> {
    closed = true;
    for (const job of [...queue]) job.cancel();
    const running = [...workers];
    for (const worker of running) worker.kill(cancelled());
    await Promise.all(running.map(({ gone }) => gone));
  }

  return {
    decode: (request, signal) => call('decode', request, signal),
    listArchive: (path, signal) => call('listArchive', { path }, signal),
    digest: (source, copyTo = null, signal) => call('digest', { source, copyTo }, signal),
    describe: (source, signal) => call('describe', { source }, signal),
    overlay: async (request, signal) => void (await call('overlay', request, signal)),
    picture: async (request, signal) => void (await call('picture', request, signal)),
    close,
  };
}

type Argument<Name extends keyof DecodeProtocol> = DecodeProtocol[Name]['argument'];

type Job = {
  /** Hands the request to a process and its outcome to whoever waits for it; never throws. */
  readonly run: (worker: DecodeWorker) => Promise<void>;
  readonly cancel: () => void;
};

/** Neither a trap of its codec nor we ended the process: often the system did, for want of memory. */
function diedInSilence(error: unknown): boolean {
  const { code, details } = toErrorBody(error);
  return code === 'decode/crashed' && 'exitCode' in details;
}

/** A request that is cancelled while it waits leaves the queue and is never started. */
function enqueue(queue: Job[], run: Job['run'], reject: (error: Error) => void, signal?: AbortSignal): void {
  const job: Job = {
    run: (worker) => {
      signal?.removeEventListener('abort', job.cancel);
      return run(worker);
    },
    cancel: () => {
      queue.splice(queue.indexOf(job), 1);
      reject(cancelled());
    },
  };
  signal?.addEventListener('abort', job.cancel, { once: true });
  queue.push(job);
}
