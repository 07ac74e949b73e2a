/** A model of ours as a file for other tools, with its card inside, so that the numbers can be made there too. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ModelCard } from '#main/contract/card';
import { AppError, cancelled } from '#main/contract/errors';
import { NOTICE } from '#main/contract/prediction';
import { densenetOnnx } from '#main/chexnet/formats/onnx/densenetOnnx';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import { describeDenseNet } from '#main/chexnet/network/densenet121';
import { foldNetwork } from '#main/chexnet/network/fold';
import { describeInference } from '#main/chexnet/network/graph/inferenceGraph';
import { encodeSavedModel } from '#main/chexnet/network/graph/savedModel';
import { checkWeights, type Weights } from '#main/chexnet/network/weights';
import { describePreprocessing } from '#main/chexnet/preprocess/preprocess';
import type { ModelRegistry } from '#main/database/modelRegistry';
import { writeAtomically, writeFolder } from '#main/database/writeDurably';

/** Under this name the whole card lies in the file's metadata. */
export const CARD_METADATA = 'hilum.card';

export type ExportFormat = 'onnx' | 'safetensors' | 'savedmodel';

type Encode = (card: ModelCard, weights: Weights, metadata: Readonly<Record<string, string>>) => Uint8Array;

const ENCODERS: Readonly<Record<ExportFormat, Encode>> = {
  onnx: encodeAsOnnx,
  safetensors: encodeAsSafetensors,
  savedmodel: encodeAsSavedModel,
};

export const EXPORT_FORMATS = Object.keys(ENCODERS) as readonly ExportFormat[];

/**
 * `out` is a file, and of a SavedModel a folder that is not there yet. Size and hash are those of the file, or of the
 * folder's `saved_model.pb`. Throws `model/hash-mismatch`, `model/invalid`, `model/not-found`, `file/unwritable`.
 */
export async function exportModel(
  models: ModelRegistry,
  { id, format, out }: { readonly id: string; readonly format: ExportFormat; readonly out: string },
  signal?: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const card = await models.get(id);
  await models.verify(id, signal);
  const { weights } = readSafetensors(await readFile(models.weightsPath(id)));
  checkWeights(describeNetwork(card), weights);
  const description = describe(card);
  const content = ENCODERS[format](card, weights, description);
  if (signal?.aborted === true) throw cancelled();
  try {
    if (format === 'savedmodel') await writeFolder(resolve(out), savedModelFiles(card, content, description));
    else await writeAtomically(out, content);
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
    outputs:
      card.operatingPoints === undefined
        ? 'the probability of each finding'
        : "the network's own probabilities; Hilum scales them around the operating points of the card",
    weightsSha256: card.weights.sha256,
    intendedUse: card.intendedUse,
    licence: card.licence,
    notice: NOTICE,
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

/** With the batch norms folded away: what is left is what inference computes. */
function encodeAsSavedModel(card: ModelCard, weights: Weights): Uint8Array {
  const network = foldNetwork(describeNetwork(card), weights, card.batchNormEpsilon);
  return encodeSavedModel(describeInference(network, card.input.size));
}

/** TensorFlow has no room for a card inside: it lies beside the graph, for people and for machines. */
function savedModelFiles(
  card: ModelCard,
  graph: Uint8Array,
  description: Readonly<Record<string, string>>,
): Record<string, string | Uint8Array> {
  const { size, channels } = card.input;
  const lines = Object.entries(description).flatMap(([name, text]) =>
    name === CARD_METADATA ? [] : `${name}: ${text}`,
  );
  const input = `film: [n,${size},${size},${channels}] float32, after the preprocessing below, which is not in the graph`;
  return {
    'saved_model.pb': graph,
    'card.json': `${JSON.stringify(card, null, 1)}\n`,
    'README.txt': `${[input, ...lines].join('\n')}\n`,
  };
}
