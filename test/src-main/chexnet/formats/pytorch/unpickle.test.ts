import { expect, it } from 'vitest';
import { unpickle } from '#main/chexnet/formats/pytorch/unpickle';
import { readFixture } from '../tinyNetwork';

function read(pickle: Uint8Array): unknown {
  return unpickle(pickle, 0, () => null).value;
}

it('reads what Python writes in protocol 4', () => {
  expect(read(readFixture('protocol4.pkl'))).toEqual(
    new Map<string, unknown>([
      ['a', [1, 2]],
      ['b', [1.5, -1, 2 ** 40, null, true, 'ü'.repeat(300)]],
    ]),
  );
});

it('keeps an attribute that modules before PyTorch 1.3 have, without what it calls', () => {
  const backend = 'ctorch.nn.backends.thnn\n_get_thnn_function_backend\n)R';
  expect(read(Buffer.from(`\u0080\u0002}U\b_backend${backend}s.`, 'latin1'))).toEqual(
    new Map([
      [
        '_backend',
        { kind: 'record', name: 'torch.nn.backends.thnn._get_thnn_function_backend', attributes: new Map() },
      ],
    ]),
  );
});

/** From Python's pickletools: what each says is malformed. */
it.each([
  ['a stack that is empty', '\u0080\u0002.', 'takes more than it has put down'],
  ['a mark that is not there', '\u0080\u0002t.', 'takes more than it has put down'],
  ['a memo that is not there', '\u0080\u0002h\u0007.', 'refers to something that it has not built'],
  ['no end', '\u0080\u0002N', 'ends within a pickle'],
  ['a text longer than the file', '\u0080\u0002X\u00ff\u00ff\u00ff\u00ffa.', 'ends within a pickle'],
  ['an odd dictionary', '\u0080\u0002}(K\u0001u.', 'a key without a value'],
  ['items of a number', '\u0080\u0002K\u0001(K\u0001K\u0002u.', 'is no dictionary'],
  ['a call of a text', '\u0080\u0002U\u0001a)R.', 'call something that has no name'],
  ['a call of a storage type', '\u0080\u0002ctorch\nFloatStorage\n)R.', 'call torch.FloatStorage, which is refused'],
  ['protocol 0', '(dp0\n.', '0x64, which is refused'],
  ['a class of another name', '\u0080\u0002ctorch.nn.modules.evil\nA.b\n)\u0081.', 'names torch.nn.modules.evil.A.b'],
])('%s is model/invalid', (_, text, fault) => {
  let error: unknown = null;
  try {
    read(Buffer.from(text, 'latin1'));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'model/invalid', message: expect.stringContaining(fault) as string });
});
