/** Installs onnxruntime-node, writes our weights as ONNX for it, bundles its programs, and checks its numbers first. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describeDenseNet } from '#main/chexnet/network/densenet121';
import { densenetOnnx } from '#main/chexnet/formats/onnx/densenetOnnx';
import { readSafetensors } from '#main/chexnet/formats/safetensors';
import type { ModelCard } from '#main/contract/card';
import { MODEL_FOLDER, ROOT, THREADS } from '../context';
import { readGoldenFilms, type GoldenFilm } from '../goldenFilms';
import { startHelper, type Helper } from '../startHelper';
import type { PeerProtocol } from './engine';
import { installPeer, ONNXRUNTIME } from './installPeer';
import type { PeerModel } from './session';

export type Peer = {
  readonly model: PeerModel;
  /** Bundles, one file each like Hilum's own programs, so that neither loses time over many small files. */
  readonly programs: { readonly engine: string; readonly triage: string };
  /** From PyTorch's probabilities of the golden films. */
  readonly worstDifference: number;
};

export async function preparePeer(card: ModelCard): Promise<Peer> {
  const peerFolder = await installPeer(ONNXRUNTIME.node);
  // Inside node_modules, so that the programs find sharp.
  const folder = join(ROOT, 'node_modules', '.cache', 'hilum-bench');
  await mkdir(folder, { recursive: true });
  const onnxPath = join(folder, `${card.id}.onnx`);
  const { weights } = readSafetensors(new Uint8Array(await readFile(join(MODEL_FOLDER, card.weights.file))));
  const network = describeDenseNet({
    inputChannels: card.input.channels,
    findings: card.findings.length,
    head: card.head,
  });
  const options = { epsilon: card.batchNormEpsilon, size: card.input.size };
  await writeFile(onnxPath, densenetOnnx(network, weights, options));
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['engine', 'triage'].map((name) => `test/bench/peer/${name}.ts`),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['sharp'],
    logLevel: 'warning',
  });
  const model: PeerModel = {
    package: 'onnxruntime-node',
    peerFolder,
    onnxPath,
    threads: THREADS,
    input: card.input,
  };
  const programs = { engine: join(folder, 'engine.mjs'), triage: join(folder, 'triage.mjs') };
  return { model, programs, worstDifference: await compareWithPyTorch(card, model, programs.engine) };
}

export type PeerEngine = Helper<PeerProtocol>;

export async function startPeerEngine(model: PeerModel, program: string): Promise<PeerEngine> {
  const engine = startHelper<PeerProtocol>(program);
  await engine.request('load', model);
  return engine;
}

async function compareWithPyTorch(card: ModelCard, model: PeerModel, program: string): Promise<number> {
  const golden = await readGoldenFilms();
  const engine = await startPeerEngine(model, program);
  try {
    const inputs = golden.map(({ input }) => input);
    const { probabilities } = await engine.request('analyse', { inputs });
    return requireAgreement(model.package, card, golden, probabilities);
  } finally {
    engine.stop();
  }
}

/** The largest difference from PyTorch's probabilities of the first films. Throws where it is not one of rounding. */
export function requireAgreement(
  name: string,
  card: ModelCard,
  films: readonly GoldenFilm[],
  probabilities: ArrayLike<number>,
): number {
  const expected = films.flatMap((film) => card.findings.map((finding) => film.probabilities[finding] ?? NaN));
  const worst = Math.max(...expected.map((value, index) => Math.abs(value - (probabilities[index] ?? NaN))));
  if (!(worst <= 1e-5)) throw new Error(`${name} is ${worst} off PyTorch: nothing to compare with.`);
  return worst;
}
