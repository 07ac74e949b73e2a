/**
 * Requests as a hospital's network wants them: through its proxy, trusting the certificates of the system as well as
 * Node's own, because such networks look into TLS with a certificate that only the system knows.
 */
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { AppError, cancelled } from '#main/contract/errors';
import type { PipSettings } from './pipSettings';

export type Network = {
  /** Follows redirects. Any status is an answer; throws `engine/download-failed` where none comes, `task/cancelled`. */
  get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response>;
  close(): Promise<void>;
};

/** Files in which Linux distributions keep what the machine trusts; for Node 20, which can not ask the system. */
const SYSTEM_FILES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];
const NAMED_BY = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];
/** Between two pieces of an answer; an index that thinks longer is taken for dead. */
const SILENCE_MS = 60_000;

type GetCertificates = (kind: 'default' | 'system') => readonly string[];

function certificatesIn(file: string): string[] {
  try {
    const text = readFileSync(file, 'utf8');
    return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  } catch {
    return [];
  }
}

/** In PEM, each once. */
function trustedCertificates({ certificates }: PipSettings): string[] {
  const ask = (tls as { getCACertificates?: GetCertificates }).getCACertificates;
  const ofSystem = ask?.('system') ?? SYSTEM_FILES.flatMap(certificatesIn);
  const named = [...NAMED_BY.map((name) => process.env[name]), certificates].filter((file) => Boolean(file));
  const all = [...tls.rootCertificates, ...ofSystem, ...named.flatMap((file) => certificatesIn(file ?? ''))];
  return [...new Set(all)];
}

/** Why it failed, by the innermost error: `fetch failed` says nothing. */
function reasonOf(error: unknown): string {
  const { cause, message, code } = error as { cause?: unknown; message?: string; code?: string };
  return cause === undefined ? (code ?? message ?? String(error)) : reasonOf(cause);
}

export function openNetwork(settings: PipSettings): Network {
  const { proxy } = settings;
  const ca = trustedCertificates(settings);
  const agent = new EnvHttpProxyAgent({
    ...(proxy === null ? {} : { httpProxy: proxy, httpsProxy: proxy }),
    connect: { ca },
    requestTls: { ca },
    proxyTls: { ca },
    bodyTimeout: SILENCE_MS,
    headersTimeout: SILENCE_MS,
  });
  return {
    get: async (url, headers, signal) => {
      // fetch takes no name and password in an address; they stand there in many a PIP_INDEX_URL.
      const { username, password } = new URL(url);
      const address = new URL(url);
      address.username = '';
      address.password = '';
      const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      const authorization = username === '' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
      try {
        return await fetch(address, { dispatcher: agent, headers: { ...headers, ...authorization }, signal });
      } catch (error) {
        if (signal.aborted) throw cancelled();
        throw unreachable(address.host, error);
      }
    },
    close: () => agent.destroy(),
  };
}

export function unreachable(host: string, cause: unknown): AppError {
  return new AppError('engine/download-failed', `${host} can not be reached: ${reasonOf(cause)}.`, { host }, cause);
}
