import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitWeights, readModelFile } from '#main/chexnet/formats/readModelFile';
import { writeSafetensors } from '#main/chexnet/formats/safetensors';
import { describeDenseNet, listParameters } from '#main/chexnet/network/densenet121';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { largestDifference } from '#test/helpers/golden';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';
import { AppError } from '#main/contract/errors';
import { digestOf, expectedTensors, readFixture, TINY } from './tinyNetwork';

const THREE = { inputChannels: 3, findings: 3, head: 'linear' };

function errorOf(file: Uint8Array): AppError | null {
  try {
    // Numbers are read late: a fault may show only then.
    for (const { read } of readModelFile(file).weights.values()) read();
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('model/')) return error;
    throw error;
  }
}

describe('files as real tools write them', () => {
  it.each([
    ['zip.pth', 'PyTorch (zip)', THREE, 'tiny'],
    ['legacy.pth', 'PyTorch (before 1.6)', THREE, 'tiny'],
    ['arnoweng.pth.tar', 'PyTorch (before 1.6)', THREE, 'tiny'],
    ['jrzech', 'PyTorch (zip)', THREE, 'tiny'],
    ['torchxrayvision.pt', 'PyTorch (zip)', { inputChannels: 1, findings: 18, head: 'linear' }, 'oneChannel'],
    ['lightning.ckpt', 'PyTorch (zip)', THREE, 'tiny'],
    ['full.safetensors', 'safetensors', THREE, 'tiny'],
    ['bfloat.safetensors', 'safetensors', THREE, 'lowered'],
    ['plain.onnx', 'ONNX', THREE, 'tiny'],
    ['untrained.onnx', 'ONNX', THREE, 'untrained'],
    ...['options', 'best', 'averaged', 'only-averaged', 'swa', 'fsdp', 'fc', 'extractor', 'backbone'].map(
      (name) => [`people/${name}.pth`, 'PyTorch (zip)', THREE, 'tiny'] as const,
    ),
    ['people/lightning.ckpt', 'PyTorch (zip)', THREE, 'tiny'],
  ] as const)('%s becomes the tensors that PyTorch saved, by the names of today', (name, format, network, group) => {
    const file = readModelFile(readFixture(name));
    const fitted = fitWeights(file, { size: TINY });
    expect({ format: file.format, network: fitted.network, tensors: digestOf(fitted.weights) }).toEqual({
      format,
      network,
      tensors: expectedTensors(group),
    });
  });

  it.each(['types.pth', 'types-legacy.pth'])('%s: every precision, transposed and cut out of others', (name) => {
    expect(digestOf(readModelFile(readFixture(name)).weights)).toEqual(expectedTensors('types'));
  });

  it('a module that was saved with its source is read without it', () => {
    const { weights } = readModelFile(readFixture('module-legacy.pth'));
    expect([...weights.get('module.0.weight')!.read()]).toEqual([0.5, -2]);
  });

  it('ONNX says the epsilon of its batch norms', () => {
    expect(readModelFile(readFixture('plain.onnx')).batchNormEpsilon).toBe(1e-5);
  });

  it('ONNX whose batch norms were folded away computes what the network did', async () => {
    const backend = await openWasmBackend(await makeWasmFolder(), 1);
    const film = Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => Math.sin(i * i));
    const judged = ['zip.pth', 'folded.onnx', 'people/dynamo.onnx', 'people/sigmoid.onnx'].map((name) => {
      const file = readModelFile(readFixture(name), TINY);
      const { network, weights } = fitWeights(file, { size: TINY });
      const built = backend.build(describeDenseNet(network, TINY), weights, file.batchNormEpsilon ?? 1e-5, 64);
      const { features } = built.predict(film, 1, { features: true });
      built.dispose();
      return { features: features!, assumptions: file.assumptions?.length ?? 0 };
    });
    expect(judged.map(({ assumptions }) => assumptions)).toEqual([0, 1, 1, 1]);
    const [plain, ...folded] = judged.map(({ features }) => features);
    // The probabilities of these weights are all 1.
    const largest = Math.max(...plain!);
    for (const one of folded) expect(largestDifference(one, plain!) / largest).toBeLessThan(1e-6);
    expect(new Set(plain).size).toBeGreaterThan(100);
  });

  it('says which of several sets of weights it has taken', () => {
    const { assumptions } = readModelFile(readFixture('people/averaged.pth'));
    expect(assumptions).toEqual(['Its file holds model_ema too: model was taken.']);
  });

  it.each([
    ['two-sets.pth', 'it holds several sets of weights: first, second. Save one of them alone.'],
    ['teacher.pth', 'The file holds 2 networks: student.features, teacher.features. Save one of them alone.'],
    ['own-class.pth', 'it names __main__.OwnNetwork, which is refused. Where that class is at hand, torch.save('],
    ['program.pt2', 'A program of torch.export can not be read: load it with torch.export.load'],
    ['arrays.npz', 'Arrays of NumPy can not be read'],
    ['softmax.onnx', 'it ends in a softmax and not in a sigmoid for each finding.'],
    ['outside.onnx', 'lie in another file: onnx.save(onnx.load(FILE), OTHER) puts them into one.'],
  ])('people/%s is refused, and what to do is said: %s', (name, words) => {
    expect(() => fitWeights(readModelFile(readFixture(`people/${name}`)), { size: TINY })).toThrow(words);
  });

  it('ONNX whose names are gone is refused, with what may have happened', () => {
    const file = { format: 'ONNX', weights: new Map(), batchNormEpsilon: null, metadata: {} };
    expect(() => fitWeights(file, { size: TINY })).toThrow(
      /classifier\.weight is missing\. Its batch norms may have been folded away: .* do_constant_folding=False/,
    );
  });

  it('names every tensor that is missing, extra or misshapen', () => {
    const { weights } = readModelFile(readFixture('zip.pth'));
    const changed = new Map(weights);
    changed.delete('features.norm5.bias');
    changed.set('features.norm5.weight', { shape: [5], read: () => new Float32Array(5) });
    changed.set('extra', { shape: [1], read: () => new Float32Array(1) });
    const file = { format: '', weights: changed, batchNormEpsilon: null, metadata: {} };
    let faults: unknown = null;
    try {
      fitWeights(file, { size: TINY });
    } catch (error) {
      faults = error instanceof AppError ? error.details['faults'] : error;
    }
    expect(faults).toBe(
      [
        'features.norm5.weight has the shape [5] instead of [6].',
        'features.norm5.bias is missing.',
        'extra has no place in the network.',
      ].join('\n'),
    );
  });
});

describe('hostile files', () => {
  it.each([
    ['hostile-system', 'posix.system'],
    ['hostile-system-legacy', 'posix.system'],
    ['hostile-eval', '__builtin__.eval'],
    ['hostile-eval-legacy', '__builtin__.eval'],
    ['hostile-getattr', '__builtin__.getattr'],
    ['hostile-getattr-legacy', '__builtin__.getattr'],
    ['hostile-partial', 'functools.partial'],
    ['hostile-partial-legacy', 'functools.partial'],
    ['hostile-attribute', 'torch.nn.modules.container.Sequential.__init__'],
  ])('%s is refused by the name that it calls, and nothing is executed', (name, called) => {
    expect(errorOf(readFixture(`${name}.pth`))?.message).toBe(
      `This is not a PyTorch file that can be read: it names ${called}, which is refused.`,
    );
    expect(existsSync('executed')).toBe(false);
  });

  it.each([
    ['hostile-inst.pth', 'it uses the pickle opcode 0x53, which is refused.'],
    ['paths.pth', 'numbers that it refers to are missing.'],
  ])('%s: %s', (name, fault) => {
    expect(errorOf(readFixture(name))?.message).toBe(`This is not a PyTorch file that can be read: ${fault}`);
  });

  it('an archive is not unpacked', () => {
    expect(errorOf(readFixture('compressed.pth'))?.message).toBe(
      'This is not an archive that can be read: archive/data.pkl is compressed, which neither PyTorch nor Keras does.',
    );
  });

  it('a tensor that claims more than its storage is refused before its memory is taken', () => {
    // A storage of one number, a shape of 2³⁰ with strides of zero.
    const storage = '(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\x000X\u0003\0\0\0cpuK\u0001tQ';
    const tensor = `ctorch._utils\n_rebuild_tensor_v2\n(${storage}K\0J\0\0\0@\u0085K\0\u0085\u0089}tR`;
    const pickle = Buffer.from(`\u0080\u0002}X\u0001\0\0\0a${tensor}s.`, 'latin1');
    const protocol = Buffer.from('\u0080\u0002M\u00e9\u0003.\u0080\u0002}.', 'latin1');
    const file = Buffer.concat([readFixture('legacy.pth').subarray(0, 15), protocol, pickle]);
    expect(errorOf(file)?.message).toContain('a tensor reaches beyond its storage.');
  });

  it.each(['zip.pth', 'legacy.pth', 'jrzech'])('%s, cut off anywhere, is an error', (name) => {
    const file = readFixture(name);
    const lengths = fc.integer({ min: 0, max: file.length - 1 });
    fc.assert(
      fc.property(lengths, (length) => errorOf(file.subarray(0, length)) !== null),
      { numRuns: 60 },
    );
  });

  it.each(['zip.pth', 'legacy.pth', 'jrzech', 'plain.onnx'])('%s, with bytes changed, is read or refused', (name) => {
    const file = readFixture(name);
    const changes = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(changes, (bytes) => {
        const damaged = Uint8Array.from(file);
        for (const [at, byte] of bytes) damaged[at] = byte;
        errorOf(damaged);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['nothing at all', new Uint8Array(0)],
    ['a program', readFixture('script.pt')],
    ['a packed file', Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ['text', new TextEncoder().encode('<html>404</html>')],
    ['a tar archive', Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.alloc(250)])],
  ])('%s is no model file', (_, file) => {
    expect(errorOf(file)?.code).toBe('model/unsupported');
  });
});

it('a head of two layers is told from a linear one in a Sequential', () => {
  const options = { inputChannels: 1, findings: 5, head: 'dense1024' } as const;
  const parameters = listParameters(describeDenseNet(options, TINY));
  const weights = new Map(
    parameters.map(({ name, shape }) => [name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }]),
  );
  expect(fitWeights(readModelFile(writeSafetensors(weights)), { size: TINY }).network).toEqual(options);
});

it('a file without a head is a network without outputs where none is asked for', () => {
  const { weights } = fitWeights(readModelFile(readFixture('zip.pth')), { size: TINY });
  const bare = new Map([...weights].filter(([name]) => !name.startsWith('classifier')));
  const file = readModelFile(writeSafetensors(bare));
  expect(fitWeights(file, { size: TINY, keepsHead: false }).network).toEqual({ ...THREE, findings: 0 });
  expect(() => fitWeights(file, { size: TINY })).toThrow('classifier.weight is missing');
});

it('two tensors of one name are refused', () => {
  const one = { shape: [1], data: new Float32Array(1) };
  const weights = new Map([
    ['module.classifier.bias', one],
    ['classifier.bias', one],
  ]);
  expect(() => fitWeights(readModelFile(writeSafetensors(weights)))).toThrow('both classifier.bias');
});
