/** DICOM fixtures and the codecs to read them with. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createCodecs } from '#main/decoding/process/codecs/createCodecs';
import { readDicom } from '#main/imaging/dicom/readDicom';
import type { DicomCodecs, FilmPixels } from '#main/imaging/filmPixels';

export const FIXTURE_FOLDER = join(import.meta.dirname, '../fixtures/dicom');
const WASM_FOLDER = join(import.meta.dirname, '../../node_modules/dcmjs-codecs/build');
const ADULTS = { ageRangeYears: [18, 120] } as const;

/** The whole collection that the fixtures are a part of, beside the checkout where it exists. */
export const WHOLE_COLLECTION = join(import.meta.dirname, '../../../shared/data/dicom');
export const HAS_WHOLE_COLLECTION = existsSync(join(WHOLE_COLLECTION, 'INDEX.md'));

export type Expected = { readonly md5: string | null; readonly outcome: string };

export function expectedFixtures(): Readonly<Record<string, Expected>> {
  return JSON.parse(readFileSync(join(FIXTURE_FOLDER, 'expected.json'), 'utf8')) as Record<string, Expected>;
}

export function fixtureBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(FIXTURE_FOLDER, name)));
}

/** Pixels of a golden picture, without the header of the PGM. */
export function goldenPicture(name: string, pixels: number): Uint8Array {
  const pgm = gunzipSync(readFileSync(join(FIXTURE_FOLDER, 'render', `${name}.pgm.gz`)));
  return new Uint8Array(pgm.subarray(pgm.length - pixels));
}

export function newCodecs(): Promise<DicomCodecs> {
  return createCodecs(WASM_FOLDER);
}

export async function readFilm(bytes: Uint8Array): Promise<FilmPixels> {
  return readDicom(bytes, await newCodecs(), ADULTS);
}
