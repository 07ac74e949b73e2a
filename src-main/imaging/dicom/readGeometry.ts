/** Size, spacing and hanging of a DICOM film (PS3.3 10.7, C.7.6.1.1.1). */
import type { PixelGeometry, Turn } from '#main/contract/film';
import { NO_TURN, turnFromOrientation } from '../grey/turn';
import type { Attributes } from './attributes';
import type { StoredPicture } from './readEncoding';
import { TAG } from './tags';

/** `repairs` gets what cannot be meant. */
export function readGeometry(
  attributes: Attributes,
  { rows, columns }: StoredPicture,
  repairs: string[],
): PixelGeometry {
  const turn = readTurn(attributes, repairs);
  const spacing = readSpacing(attributes);
  return { rows, columns, ...spacing, pixelAspect: readAspect(attributes, spacing.pixelSpacingMm, repairs), turn };
}

/** A lateral film, which has a direction to front or back, is never turned; any other that cannot be is said to be so. */
function readTurn(attributes: Attributes, repairs: string[]): Turn {
  const orientation = attributes.code(TAG.patientOrientation);
  const turn = turnFromOrientation(orientation);
  if (turn === null && /[^\\ ]/.test(orientation) && !/(^|\\)[AP]/i.test(orientation)) {
    repairs.push(`PatientOrientation is ${orientation}, which tells no turn; the film is shown as it is stored.`);
  }
  return turn ?? NO_TURN;
}

/** Spacings are rounded in files: pixels that differ by less are meant to be square. */
const ASPECT_TOLERANCE = 0.01;
/** No detector and no scanner has pixels like that. */
const LARGEST_ASPECT = 4;

/** Row by column spacing; PixelAspectRatio (vertical, horizontal) where there is no spacing (C.7.6.3.1.7). */
function readAspect(attributes: Attributes, spacing: PixelGeometry['pixelSpacingMm'], repairs: string[]): number {
  const pair = spacing ?? readPair(attributes, TAG.pixelAspectRatio);
  if (pair === null) return 1;
  const aspect = pair[0] / pair[1];
  if (Math.abs(aspect - 1) < ASPECT_TOLERANCE) return 1;
  if (aspect <= LARGEST_ASPECT && aspect >= 1 / LARGEST_ASPECT) return aspect;
  repairs.push(`Pixels of ${pair[0]} by ${pair[1]} are implausible; they are taken for square.`);
  return 1;
}

/**
 * PixelSpacing that names its calibration, or differs from ImagerPixelSpacing, was calibrated; equal to it, it is the
 * spacing at the detector (of a scanned film: on the film), where the patient is magnified. Zeros are no spacing.
 */
function readSpacing(attributes: Attributes): Pick<PixelGeometry, 'pixelSpacingMm' | 'spacingOrigin'> {
  const patient = readPair(attributes, TAG.pixelSpacing);
  const detector = readPair(attributes, TAG.imagerPixelSpacing) ?? readPair(attributes, TAG.nominalScannedPixelSpacing);
  if (patient === null) return { pixelSpacingMm: detector, spacingOrigin: detector === null ? null : 'detector' };
  if (attributes.code(TAG.pixelSpacingCalibrationType) !== '')
    return { pixelSpacingMm: patient, spacingOrigin: 'calibrated' };
  if (detector === null) return { pixelSpacingMm: patient, spacingOrigin: 'unknown' };
  const isCalibrated = patient.some((value, index) => Math.abs(value - (detector[index] ?? 0)) > 1e-6);
  return { pixelSpacingMm: patient, spacingOrigin: isCalibrated ? 'calibrated' : 'detector' };
}

function readPair(attributes: Attributes, tag: string): readonly [number, number] | null {
  const [row, column] = attributes.decimals(tag);
  return row && column && row > 0 && column > 0 ? [row, column] : null;
}
