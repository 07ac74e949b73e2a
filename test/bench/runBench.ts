/**
 * npm run bench: Hilum's times beside those of onnxruntime-node on the same machine in the same run.
 * The table goes to stdout, progress to stderr.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchApp } from './benchApp';
import { benchEngine } from './benchEngine';
import { benchTriage } from './benchTriage';
import { buildHilum } from './buildHilum';
import { readCard, type Bench } from './context';
import { describeMachine } from './machine';
import { PEER } from './peer/installPeer';
import { preparePeer, type Peer } from './peer/preparePeer';
import { formatTable, type Row } from './table';

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = {
  engine: benchEngine,
  triage: benchTriage,
  app: benchApp,
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
  const parts = positionals.length === 0 ? Object.keys(PARTS) : positionals;
  const rounds = Number(values.rounds);
  if (parts.some((name) => PARTS[name] === undefined) || !(rounds >= 1)) {
    process.stderr.write(USAGE);
    return 2;
  }
  if (values.build) await buildHilum();
  const machine = describeMachine();
  const card = await readCard();
  const peer = await findPeer(() => preparePeer(card));
  const scratch = await mkdtemp(join(tmpdir(), 'hilum-bench-'));
  const rows: Row[] = [];
  try {
    for (const name of parts) rows.push(...((await PARTS[name]?.({ card, peer, scratch, rounds, say })) ?? []));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  process.stdout.write(`${machine}\n\n${formatTable(rows, values.markdown)}\n\n${explain(peer)}\n`);
  return 0;
}

async function findPeer(prepare: () => Promise<Peer>): Promise<Peer | null> {
  say(`preparing ${PEER.name} ${PEER.version}`);
  try {
    return await prepare();
  } catch (error) {
    say(`without ${PEER.name}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

function explain(peer: Peer | null): string {
  const lines = [
    'First quartile of all rounds, taken turn by turn with the peer; in brackets the best round. Ratio: time of Hilum',
    'by time of the peer, below 1 is faster. Memory: resident, summed over processes (shared pages count in each).',
  ];
  if (peer !== null) {
    lines.push(
      `Peer: ${PEER.name} ${PEER.version}, the same weights as ONNX, ${peer.model.threads} threads; its probabilities`,
      `of the golden films differ from PyTorch's by at most ${peer.worstDifference.toExponential(1)}.`,
    );
  }
  return lines.join('\n');
}

function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}
