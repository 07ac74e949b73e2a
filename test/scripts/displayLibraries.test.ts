import { expect, it } from 'vitest';
import { packagesFor } from '../../scripts/displayLibraries.cjs';

const OLD = ['libatk1.0-0', 'libatk-bridge2.0-0', 'libgtk-3-0', 'libasound2', 'libcups2'];
const NEW = OLD.map((name) => `${name}t64`);

function renamedOnes(osRelease: string): string[] | undefined {
  return packagesFor(osRelease)?.filter((name) => [...OLD, ...NEW].includes(name));
}

it.each([
  ['Debian 12', 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n', OLD],
  ['Debian 13', 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_CODENAME=trixie\nID=debian\n', NEW],
  ["Debian's testing, which has no number", 'PRETTY_NAME="Debian GNU/Linux forky/sid"\nID=debian\n', NEW],
  ['Ubuntu 22.04', 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=jammy\n', OLD],
  ['Ubuntu 24.04', 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n', NEW],
  ['Mint 21', 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=virginia\nUBUNTU_CODENAME=jammy\n', OLD],
  ['Mint 22', 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n', NEW],
])('names the packages of %s', (_system, osRelease, names) => {
  expect(renamedOnes(osRelease)?.sort()).toEqual([...names].sort());
});

it('always asks for the virtual display, and for the libraries that were not renamed', () => {
  expect(packagesFor('ID=debian\nVERSION_ID="13"\n')).toEqual(
    expect.arrayContaining(['xvfb', 'xauth', 'libnss3', 'libgbm1']),
  );
});

it('knows no packages of another system', () => {
  expect(packagesFor('ID=fedora\nVERSION_ID=41\n')).toBeNull();
});
