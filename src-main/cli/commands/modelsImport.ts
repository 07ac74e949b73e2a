/** `hilum models import|export`: models from other tools, and for them. */
import { AppError, isCancelled, toErrorBody } from '#main/contract/errors';
import { NOTICE } from '#main/contract/prediction';
import { exportModel as writeModel, type ExportFormat } from '#main/workflows/exportModel';
import { importModel as readModel, type ImportModelRequest } from '#main/workflows/importModel';
import { checkOutput, NOTHING } from '../checkOutput';
import type { Composition } from '../composition';
import { EXIT, exitCodeOf, type ExitCode } from '../exitCodes';
import { plainText } from '../terminal';

export type ImportCommandOptions = Omit<ImportModelRequest, 'file' | 'id'> & {
  readonly as: string;
  readonly json?: boolean;
};

export async function importModel(
  { terminal, openBench, signal }: Composition,
  file: string,
  { as: id, json, ...given }: ImportCommandOptions,
): Promise<ExitCode> {
  terminal.status(`Reading ${plainText(file)} …`);
  try {
    const card = await readModel(openBench().models, { ...given, file, id }, signal);
    terminal.status('');
    terminal.print(
      json === true
        ? `${JSON.stringify({ model: card, notice: NOTICE })}\n`
        : `${id}: ${card.findings.length} findings, ${card.weights.parameters.toLocaleString('en')} parameters, from ${card.lineage?.format ?? ''}\n`,
    );
    terminal.say(`It reads once it is tested on your films and signed for: hilum help models commission\n`);
    return EXIT.done;
  } catch (error) {
    terminal.status('');
    if (isCancelled(error) || !(error instanceof AppError)) throw error;
    return tellFaults(terminal, error, json === true);
  }
}

/** Each fault of the file on a line of its own: whoever made the file can mend it. */
function tellFaults(terminal: Composition['terminal'], error: AppError, json: boolean): ExitCode {
  const { code, message, details } = toErrorBody(error);
  const faults = typeof details['faults'] === 'string' ? details['faults'].split('\n') : [];
  if (json) terminal.print(`${JSON.stringify({ model: null, code, reason: message, faults })}\n`);
  const lines = faults.map((fault) => `       ${plainText(fault)}\n`).join('');
  terminal.say(`hilum: ${plainText(message)} [${code}]\n${lines}       Nothing was imported.\n`);
  return code.startsWith('model/') ? EXIT.someNotJudged : exitCodeOf(error);
}

export type ExportCommandOptions = { readonly format: ExportFormat; readonly out: string; readonly json?: boolean };

export async function exportModel(
  { terminal, openBench, signal }: Composition,
  id: string,
  { format, out, json }: ExportCommandOptions,
): Promise<ExitCode> {
  await checkOutput({ option: '--out', file: out, inputs: [], replaces: NOTHING });
  const { bytes, sha256 } = await writeModel(openBench().models, { id, format, out }, signal);
  terminal.print(
    json === true
      ? `${JSON.stringify({ model: id, format, file: out, bytes, sha256, notice: NOTICE })}\n`
      : `${plainText(out)}: ${id} as ${format}, ${bytes.toLocaleString('en')} bytes, its card ${format === 'savedmodel' ? 'beside it' : 'in the metadata'}\n`,
  );
  return EXIT.done;
}
