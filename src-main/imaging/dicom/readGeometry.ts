/** Size, spacing and hanging of a DICOM film (PS3.3 10.7, C.7.6.1.1.1). */
import type { PixelGeometry } from '#main/contract/film';
import { NO_TURN, turnFromOrientation } from '../grey/turn';
import type { Attributes } from './attributes';
import type { StoredPicture } from './readEncoding';
import { TAG } from './tags';

export function readGeometry(attributes: Attributes, { rows, columns }: StoredPicture): PixelGeometry {
  const turn = turnFromOrientation(attributes.code(TAG.patientOrientation)) ?? NO_TURN;
  return { rows, columns, ...readSpacing(attributes), turn };
}

/**
 * PixelSpacing that differs from ImagerPixelSpacing was calibrated; equal to it, or alone in the file of the detector,
 * it is the spacing at the detector, where the patient is magnified. Zeros are no spacing.
 */
function readSpacing(attributes: Attributes): Pick<PixelGeometry, 'pixelSpacingMm' | 'spacingOrigin'> {
  const patient = readPair(attributes, TAG.pixelSpacing);
  const detector = readPair(attributes, TAG.imagerPixelSpacing);
  if (patient === null) return { pixelSpacingMm: detector, spacingOrigin: detector === null ? null : 'detector' };
  if (detector === null) return { pixelSpacingMm: patient, spacingOrigin: 'unknown' };
  const isCalibrated = patient.some((value, index) => Math.abs(value - (detector[index] ?? 0)) > 1e-6);
  return { pixelSpacingMm: patient, spacingOrigin: isCalibrated ? 'calibrated' : 'detector' };
}

function readPair(attributes: Attributes, tag: string): readonly [number, number] | null {
  const [row, column] = attributes.decimals(tag);
  return row !== undefined && column !== undefined && row > 0 && column > 0 ? [row, column] : null;
}
