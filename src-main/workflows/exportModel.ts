/** A model of ours as a file for other tools, with its card inside, so that the numbers can be made there too. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ModelCard } from '#main/contract/card';
import { AppError, cancelled } from '#main/contract/errors';
import { densenetOnnx } from '#main/chexnet/formats/onnx/densenetOnnx';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import { describeDenseNet } from '#main/chexnet/network/densenet121';
import { checkWeights, type Weights } from '#main/chexnet/network/weights';
import { describePreprocessing } from '#main/chexnet/preprocess/preprocess';
import type { ModelRegistry } from '#main/database/modelRegistry';
import { writeAtomically } from '#main/database/writeDurably';

/** Under this name the whole card lies in the file's metadata. */
export const CARD_METADATA = 'hilum.card';

export type ExportFormat = 'onnx' | 'safetensors';

type Encode = (card: ModelCard, weights: Weights, metadata: Readonly<Record<string, string>>) => Uint8Array;

const ENCODERS: Readonly<Record<ExportFormat, Encode>> = { onnx: encodeAsOnnx, safetensors: encodeAsSafetensors };

export const EXPORT_FORMATS = Object.keys(ENCODERS) as readonly ExportFormat[];

/** Throws `model/hash-mismatch`, `model/invalid`, `model/not-found`, `file/unwritable`. */
export async function exportModel(
  models: ModelRegistry,
  { id, format, out }: { readonly id: string; readonly format: ExportFormat; readonly out: string },
  signal?: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const card = await models.get(id);
  await models.verify(id, signal);
  const { weights } = readSafetensors(await readFile(models.weightsPath(id)));
  checkWeights(describeNetwork(card), weights);
  const content = ENCODERS[format](card, weights, describe(card));
  if (signal?.aborted === true) throw cancelled();
  try {
    await writeAtomically(out, content);
  } catch (cause) {
    throw new AppError('file/unwritable', `${out} can not be written.`, { file: out }, cause);
  }
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

function describeNetwork({ input, findings, head }: ModelCard): ReturnType<typeof describeDenseNet> {
  return describeDenseNet({ inputChannels: input.channels, findings: findings.length, head });
}

/** What a person wants to read in another tool, and the card for machines. */
function describe(card: ModelCard): Record<string, string> {
  return {
    name: card.name,
    findings: card.findings.join(','),
    preprocessing: describePreprocessing(card.input),
    weightsSha256: card.weights.sha256,
    intendedUse: card.intendedUse,
    licence: card.licence,
    [CARD_METADATA]: JSON.stringify(card),
  };
}

function encodeAsOnnx(card: ModelCard, weights: Weights, metadata: Readonly<Record<string, string>>): Uint8Array {
  const options = { epsilon: card.batchNormEpsilon, size: card.input.size, metadata };
  return densenetOnnx(describeNetwork(card), weights, options);
}

function encodeAsSafetensors(_: ModelCard, weights: Weights, metadata: Readonly<Record<string, string>>): Uint8Array {
  // Readers of PyTorch's refuse a file that does not say this.
  return writeSafetensors(weights, { format: 'pt', ...metadata });
}
