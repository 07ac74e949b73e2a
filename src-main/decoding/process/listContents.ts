/** What a file that stands for others names: the entries of an archive, or the files of a DICOMDIR. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { systemPath } from '#main/channel/systemPath';
import { looksLikeDicom } from '#main/imaging/dicom/readDicom';
import { isDicomdir, readDicomdir } from '#main/imaging/dicom/readDicomdir';
import { listArchive } from './archive';
import { inflateRaw } from './codecs/createCodecs';
import { readSource } from './readSource';

/** Throws the codes `file/*` and `archive/*`, for a DICOMDIR `dicom/*`. */
export async function listContents(path: string, signal: AbortSignal): Promise<readonly string[]> {
  if (!isDicomdir(basename(path)) && !(await beginsAsDicom(path))) return listArchive(path, signal);
  return readDicomdir(await readSource({ path, entry: null }), { inflateRaw });
}

/** False too where it can't be opened: then listArchive says why. */
async function beginsAsDicom(path: string): Promise<boolean> {
  const file = await open(systemPath(path), 'r').catch(() => null);
  if (file === null) return false;
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(512), 0, 512, 0);
    return looksLikeDicom(buffer.subarray(0, bytesRead));
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
