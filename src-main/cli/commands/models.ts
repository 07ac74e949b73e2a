/** `hilum models list|show|verify`: the models on this computer. */
import { findingCutoffs, type ModelCard } from '#main/contract/card';
import { CUTOFF_VIEWS, cutoffOf, viewOfCutoffs, type CutoffView, type FindingCutoff } from '#main/contract/cutoffs';
import { toErrorBody } from '#main/contract/errors';
import { findingLabel } from '#main/contract/findings';
import { NOTICE } from '#main/contract/prediction';
import type { RegisteredModel } from '#main/database/modelRegistry';
import { modelLayers, type LayerRow } from '#main/workflows/modelLayers';
import type { Composition } from '../composition';
import { describeProblem } from '../describeProblem';
import { EXIT, exitCodeOf, type ExitCode } from '../exitCodes';
import { plainText } from '../terminal';
import { textTable, type TextColumn } from '../textTable';

export type ModelsCommandOptions = { readonly json?: boolean };

export type ShowCommandOptions = ModelsCommandOptions & { readonly layers?: boolean };

const COLUMNS: readonly TextColumn<RegisteredModel>[] = [
  { heading: 'active', cell: ({ active }) => (active ? 'yes' : '') },
  { heading: 'id', cell: ({ id }) => id },
  { heading: 'version', cell: ({ card }) => card?.version ?? '' },
  { heading: 'findings', cell: ({ card }) => String(card?.findings.length ?? ''), align: 'right' },
  { heading: 'intended use', cell: ({ card }) => card?.intendedUse ?? '' },
  { heading: 'weights', cell: ({ card }) => card?.weights.sha256.slice(0, 12) ?? '' },
  { heading: 'name', cell: ({ card, problem }) => card?.name ?? problem?.message ?? '' },
];

const LAYER_COLUMNS: readonly TextColumn<LayerRow>[] = [
  { heading: 'layer', cell: ({ name }) => name },
  { heading: 'kind', cell: ({ kind }) => kind },
  { heading: 'weights', cell: ({ shape }) => shape.join(' × '), align: 'right' },
  { heading: 'trainable', cell: ({ trainable }) => trainable.toLocaleString('en'), align: 'right' },
  { heading: 'statistics', cell: ({ fixed }) => (fixed === 0 ? '' : fixed.toLocaleString('en')), align: 'right' },
];

const NO_MODEL =
  'hilum: There is no model that could read here. [model/not-found]\n       Install Hilum again, or import one: hilum help models\n';

export async function listModels(composition: Composition, { json }: ModelsCommandOptions): Promise<ExitCode> {
  const models = await composition.openBench().models.list();
  composition.terminal.print(
    json === true
      ? `${JSON.stringify({ models: models.map(describe), notice: NOTICE })}\n`
      : textTable(COLUMNS, models),
  );
  if (models.some(({ card }) => card !== null)) return EXIT.done;
  composition.terminal.say(NO_MODEL);
  return EXIT.noEngineOrModel;
}

function describe({ id, active, builtIn, folder, card, problem }: RegisteredModel): object {
  return {
    ...{ id, active, builtIn, folder },
    name: card?.name ?? null,
    version: card?.version ?? null,
    findings: card?.findings ?? [],
    intendedUse: card?.intendedUse ?? null,
    weightsSha256: card?.weights.sha256 ?? null,
    problem,
  };
}

export async function showModel(
  composition: Composition,
  id: string | undefined,
  { json, layers }: ShowCommandOptions,
): Promise<ExitCode> {
  const { models } = composition.openBench();
  const card = id === undefined ? await models.active() : await models.get(id);
  const text = layers === true ? layersText : cardText;
  const content = layers === true ? { id: card.id, layers: modelLayers(card) } : card;
  composition.terminal.print(json === true ? `${JSON.stringify({ ...content, notice: NOTICE })}\n` : text(card));
  return EXIT.done;
}

function layersText(card: ModelCard): string {
  const layers = modelLayers(card);
  const total = (count: (layer: LayerRow) => number): string =>
    layers.reduce((sum, layer) => sum + count(layer), 0).toLocaleString('en');
  const trainable = total((layer) => layer.trainable);
  const statistics = total((layer) => layer.fixed);
  return `${textTable(LAYER_COLUMNS, layers)}\n${layers.length} layers, ${trainable} trainable parameters, ${statistics} running statistics\n`;
}

function calibrationText({ calibration }: ModelCard): string {
  if (calibration === undefined || calibration === null) return 'uncalibrated';
  const { data, films, patients } = calibration.fittedOn;
  return `fitted on ${films} films of ${patients} patients of ${plainText(data)}`;
}

function cardText(card: ModelCard): string {
  const { input, weights, evaluation, cutoffs } = card;
  const validation = evaluation?.validation;
  const fields = [
    ['architecture', `${card.architecture}, ${card.head} head, ${card.findings.length} findings`],
    ['parameters', `${weights.parameters.toLocaleString('en')} (${weights.dtype})`],
    ['weights', weights.sha256],
    ['input', `${input.source}; ${input.resize} to ${input.size} × ${input.size}, ${input.channels} channels`],
    ['cut-offs', cutoffs === null ? 'none' : cutoffs.rule],
    ['calibration', calibrationText(card)],
    ['intended use', card.intendedUse],
    ['licence', card.licence],
    ...(card.lineage === undefined ? [] : [['from', `${card.lineage.file}, ${card.lineage.format}`] as const]),
    ...(validation === undefined
      ? []
      : [['validation', `${validation.films} films, mean AUROC ${validation.meanAuroc ?? 'not measured'}`]]),
  ] as const;
  const rows = findingCutoffs(card, null);
  const views = CUTOFF_VIEWS.filter((view) => viewOfCutoffs(findingCutoffs(card, view)) !== null);
  const table = textTable(
    [
      { heading: '  finding', cell: ({ finding }) => `  ${findingLabel(finding)}` },
      { heading: 'cut-off', cell: ({ cutoff }) => cutoff?.toFixed(6) ?? 'none', align: 'right' },
      ...views.map((view): TextColumn<FindingCutoff> => ({
        heading: `of ${view}`,
        cell: ({ finding }) => ownCutoff(card, finding, view),
        align: 'right',
      })),
      { heading: 'positives', cell: ({ finding }) => String(validation?.positives[finding] ?? ''), align: 'right' },
      {
        heading: 'AUROC',
        cell: ({ finding, measured }) => (measured ? (validation?.auroc[finding]?.toFixed(3) ?? '') : 'not measured'),
        align: 'right',
      },
    ],
    rows,
  );
  const lines = fields.map(([name, value]) => `  ${name.padEnd(14)}${value}\n`).join('');
  const limitations = card.limitations.map((limitation) => `  ! ${limitation}\n`).join('');
  return `${card.id} ${card.version}: ${card.name}\n${lines}\n${table}\n${limitations}  ! ${NOTICE}\n`;
}

function ownCutoff({ cutoffs }: ModelCard, finding: string, view: CutoffView): string {
  const own = cutoffOf(cutoffs ?? { values: {} }, finding, view);
  return own.view === null ? (own.cutoff === null ? '' : 'common') : (own.cutoff?.toFixed(6) ?? '');
}

export async function verifyModels(
  { terminal, openBench, signal }: Composition,
  id: string | undefined,
  { json }: ModelsCommandOptions,
): Promise<ExitCode> {
  const { models } = openBench();
  const ids = id === undefined ? (await models.list()).map((model) => model.id) : [id];
  const results: { readonly id: string; readonly ok: boolean; readonly code: string; readonly reason: string }[] = [];
  if (ids.length === 0) terminal.say(NO_MODEL);
  let exitCode: ExitCode = ids.length === 0 ? EXIT.noEngineOrModel : EXIT.done;
  for (const each of ids) {
    try {
      await models.verify(each, signal);
      results.push({ id: each, ok: true, code: '', reason: '' });
      if (json !== true) terminal.print(`${each}: the weights are those of the card\n`);
    } catch (error) {
      exitCode = exitCodeOf(error);
      if (exitCode === EXIT.cancelled) throw error;
      const { code, message } = toErrorBody(error);
      results.push({ id: each, ok: false, code, reason: message });
      terminal.say(describeProblem(error));
    }
  }
  if (json === true) terminal.print(`${JSON.stringify({ models: results })}\n`);
  return exitCode;
}
