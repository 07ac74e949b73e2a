/** Attention maps as files: `NAME.maps.f32` for machines, `NAME.FINDING.png` for people. */
import { writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { AppError } from '#main/contract/errors';
import type { DecodedFilm } from '#main/contract/film';
import { findingLabel } from '#main/contract/findings';
import { MAP_SIZE, type Prediction } from '#main/contract/prediction';
import { printedProbability } from '#main/contract/priority';
import type { DecodePool } from '#main/decoding/host/decodePool';
import type { FilmSource } from '#main/decoding/protocol/protocol';

export type MapsToExport = {
  readonly source: FilmSource;
  readonly film: DecodedFilm;
  /** With maps. */
  readonly prediction: Prediction;
  readonly folder: string;
  /** Names given in this run: a second film of the same name gets its hash into its own. */
  readonly namesInUse: Set<string>;
};

/** [n,7,7] float32 little-endian in the card's order, and one overlay for each finding. */
export async function exportMaps(decoder: DecodePool, what: MapsToExport, signal?: AbortSignal): Promise<void> {
  const { source, film, prediction, folder, namesInUse } = what;
  const { maps, findings, probabilities } = prediction;
  if (maps === null) throw new AppError('internal/unexpected', 'The prediction came without maps.');
  const name = unusedName(source, film, namesInUse);
  await writeFile(join(folder, `${name}.maps.f32`), littleEndian(maps));
  const area = MAP_SIZE * MAP_SIZE;
  const overlays = findings.map((finding, index) => ({
    map: maps.slice(index * area, (index + 1) * area),
    caption: `${findingLabel(finding)} ${printedProbability(probabilities[index] ?? 0)}`,
    to: join(folder, `${name}.${finding}.png`),
  }));
  await decoder.overlay({ source, overlays }, signal);
}

function unusedName({ path, entry }: FilmSource, film: DecodedFilm, namesInUse: Set<string>): string {
  const file = basename(entry ?? path);
  const plain = basename(file, extname(file));
  const name = namesInUse.has(plain) ? `${plain}.${film.contentSha256.slice(0, 8)}` : plain;
  namesInUse.add(name);
  return name;
}

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setFloat32(index * 4, value, true));
  return bytes;
}
