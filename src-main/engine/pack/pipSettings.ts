/**
 * The package index, proxy and certificates of this machine, as pip is told of them: a hospital that has set up pip
 * has set up Hilum. The environment counts most, then PIP_CONFIG_FILE, the user's file, the machine's.
 * https://pip.pypa.io/en/stable/topics/configuration/
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export type PipSettings = {
  /** In the order in which they are asked. */
  readonly indexUrls: readonly string[];
  /** Besides what HTTPS_PROXY and its like say. */
  readonly proxy: string | null;
  /** A file of certificates to trust besides the system's. */
  readonly certificates: string | null;
};

const PUBLIC_INDEX = 'https://pypi.org/simple';
/** Later ones count more. */
const SECTIONS = ['global', 'download', 'install'];

type Options = ReadonlyMap<string, string>;

/** INI as Python reads it: `#` and `;` begin comments, an indented line goes on with the value before it. */
function parsePipConfig(text: string): Options {
  const sections = new Map<string, Map<string, string>>();
  let options = new Map<string, string>();
  let last: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const section = /^\[(.+)\]\s*$/.exec(line)?.[1];
    const [, name, value] = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (section !== undefined) {
      options = sections.get(section) ?? new Map<string, string>();
      sections.set(section, options);
      last = null;
    } else if (name !== undefined && value !== undefined) {
      last = name.toLowerCase().replaceAll('_', '-');
      options.set(last, value);
    } else if (last !== null && /^\s/.test(line)) {
      options.set(last, `${options.get(last) ?? ''} ${line.trim()}`.trim());
    }
  }
  return new Map(SECTIONS.flatMap((name) => [...(sections.get(name) ?? [])]));
}

/** The machine's first, so that later ones replace what they say. */
function configFiles(env: NodeJS.ProcessEnv): string[] {
  const named = env['PIP_CONFIG_FILE'];
  // pip's own way to read no file at all.
  if (named === '/dev/null' || named === 'nul') return [];
  const userConfig = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  const shared = (env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':').map((folder) => join(folder, 'pip', 'pip.conf'));
  const files = [...shared, '/etc/pip.conf', join(homedir(), '.pip', 'pip.conf'), join(userConfig, 'pip', 'pip.conf')];
  return named === undefined || named === '' ? files : [...files, named];
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

export function readPipSettings(env: NodeJS.ProcessEnv = process.env): PipSettings {
  const configured = new Map(configFiles(env).flatMap((file) => [...parsePipConfig(readIfThere(file))]));
  const option = (name: string): string | undefined =>
    env[`PIP_${name.toUpperCase().replaceAll('-', '_')}`] || configured.get(name);
  const [index = PUBLIC_INDEX] = words(option('index-url'));
  return {
    indexUrls: [index, ...words(option('extra-index-url'))],
    proxy: option('proxy') ?? null,
    certificates: option('cert') ?? null,
  };
}
