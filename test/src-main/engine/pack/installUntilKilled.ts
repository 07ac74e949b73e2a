/** Installs a pack and kills itself on the way. A test's child: `home indexUrl version place`. */
import promises from 'node:fs/promises';
import { join } from 'node:path';
import { installEnginePack } from '#main/engine/pack/installEnginePack';
import { pin, WHEEL } from './smallPack';

const [, , home = '', indexUrl = '', version = '', place = ''] = process.argv;

function dieAt(here: string): void {
  if (here === place) process.kill(process.pid, 'SIGKILL');
}

// The bundle asks this object at each call.
const { rename } = promises;
let renames = 0;
promises.rename = (from, to) => {
  dieAt(`rename ${++renames}`);
  return rename(from, to);
};

void installEnginePack({
  home,
  resources: join(home, 'resources'),
  selfTest: () => Promise.resolve(),
  signal: new AbortController().signal,
  onProgress: ({ stage, bytes }) => dieAt(bytes > 0 ? `${stage}, some bytes` : stage),
  settings: { indexUrls: [indexUrl], proxy: null, certificates: null },
  pinned: pin(WHEEL, version),
}).then(() => process.stdout.write(`installed after ${renames} renames\n`));
