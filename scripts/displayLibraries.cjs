/** The system libraries that Electron links to, and the virtual display of the tests. */
const { spawnSync } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const { delimiter, join } = require('node:path');

const LIBRARIES = 'libnss3 libatk1.0-0 libatk-bridge2.0-0 libgtk-3-0 libasound2 libgbm1 libcups2'.split(' ');
const VIRTUAL_DISPLAY = ['xvfb', 'xauth'];
/** Renamed when Debian 13 and Ubuntu 24.04 moved to 64-bit time; these are the releases before. */
const WITH_T64 = new Set(['libatk1.0-0', 'libatk-bridge2.0-0', 'libgtk-3-0', 'libasound2', 'libcups2']);
const BEFORE_T64 = new Set(['bullseye', 'bookworm', 'focal', 'jammy']);

/**
 * Packages that bring them on this system; null where it is neither Debian nor Ubuntu nor made of one.
 * @param {string} osRelease content of /etc/os-release
 */
function packagesFor(osRelease) {
  const value = (key) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const family = [value('ID'), ...value('ID_LIKE').split(' ')];
  if (!family.includes('debian') && !family.includes('ubuntu')) return null;
  // A system made of one of them names its own release beside the one that it is made of.
  const releases = ['VERSION_CODENAME', 'UBUNTU_CODENAME', 'DEBIAN_CODENAME'].map(value);
  const renamed = !releases.some((release) => BEFORE_T64.has(release));
  return [...VIRTUAL_DISPLAY, ...LIBRARIES.map((name) => (renamed && WITH_T64.has(name) ? `${name}t64` : name))];
}

/** Shared libraries that `executable` wants and the system has not. */
function missingLibraries(executable) {
  const { stdout } = spawnSync('ldd', [executable], { encoding: 'utf8' });
  return [...(stdout ?? '').matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name);
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/**
 * Installs what is missing where that is allowed, else says which command does it.
 * @param {{ executable: string, virtualDisplay?: boolean, notice: (line: string) => void }} options
 * @returns {boolean} whether all is there now
 */
function ensureDisplayLibraries({ executable, virtualDisplay = false, notice }) {
  if (process.platform !== 'linux') return true;
  const missing = () => [
    ...missingLibraries(executable),
    ...(virtualDisplay ? ['xvfb-run', 'xauth'].filter((program) => !isOnPath(program)) : []),
  ];
  const first = missing();
  if (first.length === 0) return true;
  const packages = packagesFor(readFileSync('/etc/os-release', 'utf8'));
  if (packages === null) {
    notice(`Install the libraries that the window needs with your system's package manager: ${first.join(', ')}`);
    return false;
  }
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (process.getuid?.() !== 0) {
    notice(`The window needs libraries that are missing here (${first.join(', ')}). Install them with:`);
    notice(`  sudo apt-get update && sudo apt-get ${install.join(' ')}`);
    return false;
  }
  notice('Installing the libraries that the window needs (once) ...');
  const apt = (args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  // A fresh image has no lists of packages, or old ones.
  if (!apt(['update', '-qq']) || !apt(['-qq', ...install]) || missing().length > 0) {
    notice(`They could not be installed; still missing: ${missing().join(', ')}`);
    return false;
  }
  return true;
}

module.exports = { ensureDisplayLibraries, packagesFor };
