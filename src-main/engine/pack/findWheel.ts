/**
 * Where a package index keeps a wheel, by the Simple Repository API: JSON (PEP 691) where the index speaks it, else
 * HTML (PEP 503). https://packaging.python.org/en/latest/specifications/simple-repository-api/
 */
import * as v from 'valibot';
import { AppError, toErrorBody } from '#main/contract/errors';
import type { Network } from './openNetwork';
import type { PinnedWheel } from './pinnedPack';

const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';
const ACCEPT = `${JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1`;

const ProjectSchema = v.object({ files: v.array(v.object({ filename: v.string(), url: v.string() })) });

type File = { readonly filename: string; readonly url: string };

function filesOfHtml(text: string): File[] {
  return [...text.matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']+)["']/gi)].map(([, href = '']) => {
    const url = href.replaceAll('&amp;', '&');
    const path = url.replace(/[?#].*$/, '');
    return { filename: decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)), url };
  });
}

async function listFiles(network: Network, indexUrl: string, project: string, signal: AbortSignal): Promise<File[]> {
  const page = `${indexUrl.replace(/\/+$/, '')}/${project}/`;
  const response = await network.get(page, { accept: ACCEPT }, signal);
  const { host } = new URL(page);
  if (!response.ok) {
    throw new AppError('engine/download-failed', `The package index ${host} answered ${response.status}.`, { host });
  }
  try {
    const isJson = (response.headers.get('content-type') ?? '').startsWith(JSON_TYPE);
    const files = isJson ? v.parse(ProjectSchema, await response.json()).files : filesOfHtml(await response.text());
    // Relative to where the page came from, which may be another place than was asked.
    const base = response.url || page;
    return files.map(({ filename, url }) => ({ filename, url: withLogin(new URL(url, base), page) }));
  } catch (cause) {
    const message = `The answer of the package index ${host} can not be understood.`;
    throw new AppError('engine/download-failed', message, { host }, cause);
  }
}

/** Files of an index that wants a password want the same one. */
function withLogin(url: URL, page: string): string {
  const { username, password, host } = new URL(page);
  if (url.host === host) Object.assign(url, { username, password });
  return url.href;
}

/** The address of the pinned wheel, from the first index that has it. Throws `engine/download-failed`. */
export async function findWheel(
  network: Network,
  indexUrls: readonly string[],
  { project, wheel }: PinnedWheel,
  signal: AbortSignal,
): Promise<string> {
  let reason = '';
  for (const indexUrl of indexUrls) {
    try {
      const files = await listFiles(network, indexUrl, project, signal);
      const found = files.find(({ filename }) => filename === wheel.file);
      if (found !== undefined) return found.url;
      reason = `The package index ${new URL(indexUrl).host} does not offer ${wheel.file}.`;
    } catch (error) {
      if (signal.aborted || !URL.canParse(indexUrl)) throw error;
      reason = toErrorBody(error).message;
    }
  }
  throw new AppError('engine/download-failed', reason, { file: wheel.file });
}
