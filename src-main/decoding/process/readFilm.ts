/** Bytes → a film, by what the bytes are. */
import { AppError } from '#main/contract/errors';
import type { DicomCodecs, FilmPixels } from '#main/imaging/filmPixels';
import { readDicom } from '#main/imaging/dicom/readDicom';
import { sniffFormat } from '#main/imaging/raster/sniffFormat';
import { readRaster } from './readRaster';

export type ReadOptions = {
  readonly ageRangeYears: readonly [number, number];
  /** Whether the bytes come out of an archive. */
  readonly fromArchive: boolean;
  /** Of several frames the first is enough. */
  readonly firstFrameOnly: boolean;
  /** Called for DICOM alone. */
  readonly codecs: () => Promise<DicomCodecs>;
};

/** Throws the codes of pictures and DICOM, `file/empty`, `file/unknown-format` and `archive/nested`. */
export async function readFilm(bytes: Uint8Array, options: ReadOptions): Promise<FilmPixels> {
  if (bytes.length === 0) throw new AppError('file/empty', 'The file is empty.');
  const format = sniffFormat(bytes);
  if (format === 'dicom') {
    return readDicom(bytes, await options.codecs(), {
      ageRangeYears: options.ageRangeYears,
      firstFrameOnly: options.firstFrameOnly,
      today: new Date().toISOString().slice(0, 10),
    });
  }
  if (format === 'zip' && options.fromArchive) {
    throw new AppError('archive/nested', 'This is an archive inside an archive.');
  }
  if (format === 'zip' || format === null) {
    throw new AppError('file/unknown-format', 'The file is neither DICOM nor PNG, JPEG or TIFF.');
  }
  return readRaster(bytes, format, options.ageRangeYears);
}
