/**
 * npm run bench: Hilum's times beside those of onnxruntime-node on the same machine in the same run.
 * The table goes to stdout, progress to stderr.
 */
import { parseArgs } from 'node:util';
import { benchApp } from './benchApp';
import { benchEngine } from './benchEngine';
import { benchImaging } from './benchImaging';
import { benchTraining } from './benchTraining';
import { benchTriage } from './benchTriage';
import { buildHilum } from './buildHilum';
import { readCard, type Bench } from './context';
import { describeMachine } from './machine';
import { ONNXRUNTIME } from './peer/installPeer';
import { preparePeer, type Peer } from './peer/preparePeer';
import { formatTable } from './table';
import { withScratch } from './withScratch';

/** What every part but the engine's is compared with. */
const { name, version } = ONNXRUNTIME.node;

/** `run` returns a table. */
type Part = {
  readonly run: (bench: Bench, markdown: boolean) => Promise<string>;
  readonly compares: string;
  /** Has peers of its own alone, and needs not wait for onnxruntime. */
  readonly withoutOnnxruntime?: boolean;
};

const PARTS: Readonly<Record<string, Part>> = {
  engine: {
    run: benchEngine,
    compares:
      'Engine: grey bytes of 224×224 go to the process of the engine, probabilities come back; time per film. ' +
      "onnxruntime's are in processes of their own too, behind the same kind of messages; of OpenVINO and PyTorch, in " +
      'Python, only the network is timed. "×" stands for time by time of that peer: below 1 is faster.',
  },
  triage: {
    run: benchTriage,
    compares:
      'Triage: the peer is one process that takes one film after the other: sharp, the resize of Hilum, the network. ' +
      'It checks nothing, reads no DICOM, makes no maps and stores nothing.',
  },
  imaging: {
    run: async (bench, markdown) => formatTable(await benchImaging(bench), markdown),
    compares:
      'Imaging: films of 2000×2500 pixels, 12 of 16 bits; pixels include header, histogram and judgement. dcmjs-imaging ' +
      'is in the same process; gdcmconv --raw is a whole program, whose start, reading and writing the row of the ' +
      'uncompressed film shows.',
  },
  training: {
    run: benchTraining,
    withoutOnnxruntime: true,
    compares:
      'Training: one step of Adam on the same films from the same weights, network and optimiser alone; of a head an ' +
      'epoch with its batches read from the cache. Losses before the first step agree. PyTorch is the one of the ' +
      'system; its default layout and channels_last. Memory: the most that the process ever held.',
  },
  app: {
    run: async (bench, markdown) => formatTable(await benchApp(bench), markdown),
    compares: 'Window: started by Playwright, on a virtual display where there is none; a first start came before.',
  },
};

const USAGE = `npm run bench -- [${Object.keys(PARTS).join('|')} …] [--markdown] [--rounds N] [--no-build]\n`;

/** Returns the exit code. */
export async function runBench(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    allowNegative: true,
    options: {
      markdown: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '8' },
      build: { type: 'boolean', default: true },
    },
  });
  const names = positionals.length === 0 ? Object.keys(PARTS) : positionals;
  const chosen = names.flatMap((name) => PARTS[name] ?? []);
  const rounds = Number(values.rounds);
  if (chosen.length < names.length || !(rounds >= 1)) {
    process.stderr.write(USAGE);
    return 2;
  }
  if (values.build) await buildHilum();
  const machine = describeMachine();
  const card = await readCard();
  const withPeer = chosen.some(({ withoutOnnxruntime = false }) => !withoutOnnxruntime);
  const peer = withPeer ? await findPeer(() => preparePeer(card)) : null;
  const tables = await withScratch('hilum-bench', async (scratch) => {
    const measured: string[] = [];
    for (const { run } of chosen) measured.push(await run({ card, peer, scratch, rounds, say }, values.markdown));
    return measured;
  });
  const notes = [...explain(peer), ...chosen.map(({ compares }) => compares)];
  process.stdout.write(`${machine}\n\n${tables.join('\n\n')}\n\n${notes.join('\n')}\n`);
  return 0;
}

async function findPeer(prepare: () => Promise<Peer>): Promise<Peer | null> {
  say(`preparing ${name} ${version}`);
  try {
    return await prepare();
  } catch (error) {
    say(`without ${name}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

function explain(peer: Peer | null): string[] {
  const reading =
    'First quartile of all rounds, taken turn by turn with the peer, and the best round. Ratio: time of Hilum by time ' +
    'of the peer; below 1 is faster. Memory: resident, summed over processes (pages they share count in each).';
  if (peer === null) return [reading];
  const { threads } = peer.model;
  const difference = peer.worstDifference.toExponential(1);
  return [
    reading,
    `Peer: ${name} ${version}, the same weights as ONNX, ${threads} threads like Hilum; its probabilities of ` +
      `the golden films differ from PyTorch's by at most ${difference}.`,
  ];
}

function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}
