/** What a file says and how it was read, without judging it. */
import { DEFAULT_AGE_RANGE_YEARS } from '#main/contract/card';
import { isCancelled, toErrorBody } from '#main/contract/errors';
import type { DecodedFilm, FilmFacts, FilmWarning, PixelGeometry, VoiPreset } from '#main/contract/film';
import type { DecodePool } from '#main/decoding/host/decodePool';
import type { DecodeReply, FilmSource, RenderRequest } from '#main/decoding/protocol/protocol';
import { refusalStatus, type ReportStatus } from './filmReport';

export type InspectOptions = {
  /** Stored values as PGM. */
  readonly pgmTo: string | null;
  /** Display grey as PNG. */
  readonly render: RenderRequest | null;
};

/** Members of the encoding are null where the picture could not be read; facts, where the header could not either. */
export type InspectReport = {
  readonly file: string;
  /** `ok`: a model may judge it. */
  readonly status: ReportStatus;
  readonly code: string;
  readonly reason: string;
  readonly format: string | null;
  readonly transferSyntax: string | null;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly frames: number | null;
  readonly bitsAllocated: number | null;
  readonly bitsStored: number | null;
  readonly highBit: number | null;
  readonly pixelRepresentation: number | null;
  readonly photometricInterpretation: string | null;
  readonly view: string | null;
  readonly pixelsMd5: string | null;
  readonly warnings: readonly FilmWarning[];
  readonly facts: FilmFacts | null;
  readonly geometry: PixelGeometry | null;
  readonly grey: GreySummary | null;
  /** What `--render` shows, in words. */
  readonly rendered: string | null;
  readonly fileSha256: string | null;
  readonly fingerprint: string | null;
};

type GreySummary = {
  readonly minimum: number;
  readonly maximum: number;
  readonly inverted: boolean;
  readonly rescale: { readonly slope: number; readonly intercept: number };
  readonly modalityLut: boolean;
  readonly padding: { readonly low: number; readonly high: number } | null;
  /** In the file's order; the first is the default. */
  readonly presets: readonly string[];
};

/** Throws only `task/cancelled` and what is wrong with the places to be written to. */
export async function inspectFile(
  decoder: DecodePool,
  file: string,
  source: FilmSource,
  { pgmTo, render }: InspectOptions,
  signal?: AbortSignal,
): Promise<InspectReport> {
  try {
    const asked = { source, input: null, pixelsTo: null, thumbnailTo: null, render, pgmTo, md5: true, override: null };
    const reply = await decoder.decode({ ...asked, ageRangeYears: DEFAULT_AGE_RANGE_YEARS }, signal);
    return describe(file, reply);
  } catch (error) {
    const { code, message } = toErrorBody(error);
    if (isCancelled(error) || code === 'disk/full' || code === 'usage/invalid') throw error;
    return { file, status: 'failed', code, reason: message, ...UNREAD, ...(await describeUnread(decoder, source)) };
  }
}

/** Whose film it is may stand in a header whose pixels can't be read. */
async function describeUnread(
  decoder: DecodePool,
  source: FilmSource,
): Promise<Pick<InspectReport, 'facts' | 'view' | 'fileSha256'>> {
  try {
    const { contentSha256, facts } = await decoder.describe(source);
    return { facts, view: facts?.view ?? null, fileSha256: contentSha256 };
  } catch {
    return { facts: null, view: null, fileSha256: null };
  }
}

const UNREAD = {
  ...{ format: null, transferSyntax: null, rows: null, columns: null, frames: null },
  ...{ bitsAllocated: null, bitsStored: null, highBit: null, pixelRepresentation: null },
  ...{ photometricInterpretation: null, view: null, pixelsMd5: null, warnings: [], facts: null },
  ...{ geometry: null, grey: null, rendered: null, fileSha256: null, fingerprint: null },
} satisfies Partial<InspectReport>;

function describe(file: string, { film, rendered }: DecodeReply): InspectReport {
  const { encoding, geometry, facts, refusal } = film;
  return {
    file,
    status: refusal === null ? 'ok' : refusalStatus(refusal),
    code: refusal?.code ?? '',
    reason: refusal?.message ?? '',
    format: encoding.format,
    transferSyntax: encoding.transferSyntax,
    rows: geometry.rows,
    columns: geometry.columns,
    frames: encoding.frames,
    bitsAllocated: encoding.bitsAllocated,
    bitsStored: encoding.bitsStored,
    highBit: encoding.highBit,
    pixelRepresentation: encoding.pixelRepresentation,
    photometricInterpretation: encoding.photometricInterpretation,
    view: facts.view,
    pixelsMd5: film.pixelsMd5,
    warnings: film.warnings,
    facts,
    geometry,
    grey: summariseGrey(film),
    rendered: rendered === null ? null : describePreset(rendered),
    fileSha256: film.contentSha256,
    fingerprint: film.fingerprint,
  };
}

function summariseGrey({ grey }: DecodedFilm): GreySummary {
  const { minimum, maximum, inverted, rescale, padding } = grey;
  const presets = grey.presets.map(describePreset);
  return { minimum, maximum, inverted, rescale, modalityLut: grey.modalityTable !== null, padding, presets };
}

/** `SIGMOID 2048, 4096 (LUNG, file)` */
function describePreset(preset: VoiPreset): string {
  const label = preset.label === '' ? preset.origin : preset.label;
  if (preset.kind === 'lut') return `LUT of ${preset.table.data.length} entries (${label})`;
  return `${preset.shape} ${preset.center}, ${preset.width} (${label})`;
}
