/** A package index with one wheel, on this computer: as well or as badly behaved as a test wants it. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export type Behaviour = {
  readonly wheel: Uint8Array;
  /** Speaks only the HTML of PEP 503. */
  readonly html?: boolean;
  /** Ends the connection after so many bytes of the wheel. */
  readonly cutAfter?: number;
  /** Sends all of the wheel, whatever part is asked for. */
  readonly withoutRanges?: boolean;
  readonly indexStatus?: number;
  readonly wheelStatus?: number;
  /** The name under which the wheel is offered. */
  readonly name?: string;
  /** More wheels, by name. */
  readonly besides?: Readonly<Record<string, Uint8Array>>;
  readonly garbage?: boolean;
};

export const WHEEL_NAME = 'small-1.0-py3-none-any.whl';

const CUT_AFTER_MS = 300;

export type PackServer = {
  readonly indexUrl: string;
  behave(behaviour: Behaviour): void;
  /** Of each request: path, and the headers that matter. */
  readonly requests: { path: string; range: string | undefined; authorization: string | undefined }[];
};

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function answerIndex(response: ServerResponse, behaviour: Behaviour): void {
  const { html = false, indexStatus = 200, name = WHEEL_NAME, garbage = false } = behaviour;
  response.statusCode = indexStatus;
  const json = JSON.stringify({
    meta: { 'api-version': '1.0' },
    files: [name, ...Object.keys(behaviour.besides ?? {})].map((each) => {
      return { filename: each, url: `../../files/${each}` };
    }),
  });
  const page = `<!DOCTYPE html><body><a href="../../files/${name}#sha256=0" data-x="1">${name}</a><br/></body>`;
  response.setHeader('content-type', html ? 'text/html; charset=utf-8' : 'application/vnd.pypi.simple.v1+json');
  response.end(garbage ? '{' : html ? page : json);
}

function answerWheel(request: IncomingMessage, response: ServerResponse, behaviour: Behaviour): void {
  const { cutAfter, withoutRanges = false, wheelStatus } = behaviour;
  const wheel = behaviour.besides?.[request.url?.slice('/files/'.length) ?? ''] ?? behaviour.wheel;
  const asked = withoutRanges ? undefined : /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const start = Number(asked ?? 0);
  response.statusCode = wheelStatus ?? (asked === undefined ? 200 : 206);
  if (asked !== undefined) response.setHeader('content-range', `bytes ${start}-${wheel.length - 1}/${wheel.length}`);
  response.setHeader('content-length', wheel.length - start);
  if (cutAfter === undefined) return void response.end(wheel.subarray(start));
  // A client drops what it has not read when the connection breaks: it gets a moment, as a slow line would give it.
  response.write(wheel.subarray(start, cutAfter), () => setTimeout(() => response.socket?.end(), CUT_AFTER_MS));
}

/** Listens until the end of the test file. */
export async function startPackServer(): Promise<PackServer> {
  let behaviour: Behaviour = { wheel: new Uint8Array() };
  const requests: PackServer['requests'] = [];
  const server = createServer((request, response) => {
    const { range, authorization } = request.headers;
    requests.push({ path: request.url ?? '', range, authorization });
    if (request.url?.startsWith('/files/')) answerWheel(request, response, behaviour);
    else answerIndex(response, behaviour);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => void server.close());
  return {
    indexUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`,
    requests,
    behave: (next) => {
      behaviour = next;
      requests.length = 0;
    },
  };
}
