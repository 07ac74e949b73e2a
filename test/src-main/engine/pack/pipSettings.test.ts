import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPipSettings, type PipSettings } from '#main/engine/pack/pipSettings';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hilum-pip-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const PUBLIC = { indexUrls: ['https://pypi.org/simple'], proxy: null, certificates: null };

/** With pip's files in a folder of our own. /etc/pip.conf is read too, but counts less than the user's. */
async function read(files: Record<string, string>, env: NodeJS.ProcessEnv = {}): Promise<PipSettings> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return readPipSettings({
    XDG_CONFIG_HOME: join(folder, 'user'),
    XDG_CONFIG_DIRS: join(folder, 'machine'),
    ...('named.conf' in files ? { PIP_CONFIG_FILE: join(folder, 'named.conf') } : {}),
    ...env,
  });
}

describe("pip's settings", () => {
  it('are the public index where pip is not set up', async () => {
    expect(await read({}, { PIP_CONFIG_FILE: '/dev/null' })).toEqual(PUBLIC);
  });

  it('are read from the environment before the named file before the user’s before the machine’s', async () => {
    const files = {
      'machine/pip/pip.conf': '[global]\nindex-url = https://machine/simple\n',
      'user/pip/pip.conf': '[global]\nindex_url: https://user/simple\ncert = /user.pem\nproxy = http://user:3128\n',
      'named.conf': '[global]\nindex-url = https://named/simple\n',
    };
    const rest = { proxy: 'http://user:3128', certificates: '/user.pem' };
    const { 'named.conf': named, ...unnamed } = files;
    expect(named).toBeDefined();
    expect((await read(files, { PIP_INDEX_URL: 'https://env/simple' })).indexUrls).toEqual(['https://env/simple']);
    expect(await read(files)).toEqual({ indexUrls: ['https://named/simple'], ...rest });
    expect(await read(unnamed)).toEqual({ indexUrls: ['https://user/simple'], ...rest });
  });

  it('take comments, sections and values over several lines as pip does', async () => {
    const text = [
      '# the mirror of the hospital',
      '[install]',
      'index-url = https://install/simple',
      '; not this one',
      '[global]',
      'index-url = https://global/simple',
      'extra-index-url =',
      '    https://first/simple',
      '    https://second/simple',
      '[freeze]',
      'index-url = https://freeze/simple',
    ].join('\n');
    expect((await read({ 'named.conf': text })).indexUrls).toEqual([
      'https://install/simple',
      'https://first/simple',
      'https://second/simple',
    ]);
  });
});
