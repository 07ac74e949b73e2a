/** `hilum evaluate`: probabilities and labels → what the model is worth, for people or for machines. */
import { NOTICE } from '#main/contract/prediction';
import { evaluatePredictions } from '#main/workflows/evaluation/evaluatePredictions';
import { evaluateText } from '../evaluateText';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';
import { plainText } from '../terminal';

export type EvaluateCommandOptions = {
  readonly predictions: string;
  readonly labels: string;
  readonly rule: string;
  readonly validation?: string;
  readonly validationLabels?: string;
  readonly paired?: string;
  readonly prevalence?: number;
  readonly bootstraps: number;
  readonly seed: number;
  readonly json?: boolean;
};

export async function evaluate({ terminal, signal }: Composition, options: EvaluateCommandOptions): Promise<ExitCode> {
  const { predictions, labels, validation, rule, bootstraps, seed } = options;
  const report = await evaluatePredictions(
    {
      ...{ predictions, labels, rule, bootstraps, seed },
      paired: options.paired ?? null,
      prevalence: options.prevalence ?? null,
      validation:
        validation === undefined ? null : { predictions: validation, labels: options.validationLabels ?? null },
    },
    { signal },
  );
  for (const warning of report.warnings) terminal.say(`${plainText(warning)}\n`);
  terminal.print(options.json === true ? `${JSON.stringify(report)}\n` : evaluateText(report));
  terminal.say(`${NOTICE}\n`);
  return EXIT.done;
}
