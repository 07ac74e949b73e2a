import { expect, it } from 'vitest';
import { findStateDict } from '#main/chexnet/formats/pytorch/findStateDict';
import type { Pickled } from '#main/chexnet/formats/pytorch/pickleValues';
import { unpickle } from '#main/chexnet/formats/pytorch/unpickle';

const MODULE = 'ctorch.nn.modules.container\nSequential\n)\u0081';

function read(text: string): Pickled {
  return unpickle(Buffer.from(text, 'latin1'), 0, () => null).value;
}

function faultOf(value: Pickled): string {
  try {
    findStateDict(value);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

it('does not follow a module that contains itself, or 2³⁰ of them', () => {
  const itself = `\u0080\u0002${MODULE}q\u0000}U\u0008_modules}U\u0001ah\u0000ssb.`;
  let doubled = `\u0080\u0002${MODULE}q\u0000`;
  for (let i = 1; i <= 30; i++) {
    const inner = `h${String.fromCharCode(i - 1)}`;
    doubled += `${MODULE}}U\u0008_modules}(U\u0001a${inner}U\u0001b${inner}usbq${String.fromCharCode(i)}`;
  }
  for (const pickle of [itself, `${doubled}.`]) {
    expect(faultOf(read(pickle))).toContain('it has too many modules in each other.');
  }
});

it('does not follow a checkpoint that wraps itself', () => {
  expect(faultOf(read('\u0080\u0002}q\u0000U\u0005modelh\u0000s.'))).toContain('wraps itself');
  expect(faultOf(read('\u0080\u0002}q\u0000U\u0005model}U\u0003neth\u0000ss.'))).toContain('wraps itself');
});

it.each([
  ['a number', '\u0080\u0002K\u0001.', 'neither weights by name nor a module'],
  ['an empty dictionary', '\u0080\u0002}.', 'no weights by name'],
])('%s holds no weights', (_, pickle, fault) => {
  expect(faultOf(read(pickle))).toContain(fault);
});
