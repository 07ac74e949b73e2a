/** What a file says, as people read it. */
import type { InspectReport } from '#main/workflows/inspectFile';
import { plainText } from './terminal';

export function inspectText(report: InspectReport): string {
  const { status, code, reason, warnings } = report;
  const verdict = status === 'ok' ? 'a model may judge it' : `${reason} [${code}]`;
  const lines = [
    plainText(report.file),
    ...fieldLines([
      ['status', `${status}: ${verdict}`],
      ...encodingFields(report),
      ...greyFields(report),
      ...factFields(report),
      ['sha-256', report.fileSha256],
    ]),
    ...warnings.map((warning) => `  warning             ${plainText(warning.message)} [${warning.code}]`),
  ];
  return `${lines.join('\n')}\n`;
}

type Field = readonly [name: string, value: string | null];

/** Fields without a value are left out. */
function fieldLines(fields: readonly Field[]): string[] {
  return fields.flatMap(([name, value]) =>
    value === null || value === '' ? [] : [`  ${name.padEnd(18)}  ${plainText(value)}`],
  );
}

function encodingFields(report: InspectReport): Field[] {
  if (report.format === null) return [];
  const { format, transferSyntax, rows, columns, frames, bitsAllocated, bitsStored, highBit } = report;
  const signed = report.pixelRepresentation === 1 ? 'signed' : 'unsigned';
  return [
    ['format', [format, transferSyntax].filter(Boolean).join(', ')],
    ['size', `${columns} × ${rows} pixels, ${frames} ${frames === 1 ? 'frame' : 'frames'}`],
    ['bits', `${bitsStored} stored of ${bitsAllocated}, high bit ${highBit}, ${signed}`],
    ['photometric', report.photometricInterpretation],
    ['pixels md5', report.pixelsMd5],
  ];
}

function greyFields({ grey, geometry, rendered }: InspectReport): Field[] {
  if (grey === null || geometry === null) return [];
  const { slope, intercept } = grey.rescale;
  const { pixelSpacingMm, spacingOrigin, pixelAspect, turn } = geometry;
  const turned = `${turn.quarterTurns * 90}°${turn.mirrored ? ', mirrored' : ''}`;
  return [
    ['stored values', `${grey.minimum} to ${grey.maximum}${grey.inverted ? ', smallest shown white' : ''}`],
    ['modality', grey.modalityLut ? 'lookup table' : `× ${slope} + ${intercept}`],
    ...grey.presets.map((preset, index): Field => [`window ${index + 1}`, preset]),
    ['rendered with', rendered],
    ['pixel spacing', pixelSpacingMm === null ? null : `${pixelSpacingMm.join(' × ')} mm (${spacingOrigin})`],
    ['pixel shape', pixelAspect === 1 ? null : `${pixelAspect.toFixed(3)} × as high as wide`],
    ['turned', turn.quarterTurns === 0 && !turn.mirrored ? null : turned],
  ];
}

const FACTS = [
  ['view', 'view'],
  ['patient', 'patientId'],
  ['name', 'patientName'],
  ['born', 'patientBirthDate'],
  ['sex', 'patientSex'],
  ['study', 'studyDateTime'],
  ['description', 'studyDescription'],
  ['accession number', 'accessionNumber'],
  ['modality', 'modality'],
  ['body part', 'bodyPart'],
  ['identity removed', 'identityRemoved'],
  ['station', 'station'],
  ['device', 'manufacturerModel'],
  ['study UID', 'studyUid'],
  ['instance UID', 'instanceUid'],
] as const;

function factFields({ facts }: InspectReport): Field[] {
  if (facts === null) return [];
  const overlays = facts.overlays.map(({ group, kind, label, description }, index): Field => [
    `overlay ${index + 1}`,
    [group, kind, label || description].filter(Boolean).join(', '),
  ]);
  const age: Field = ['age', facts.patientAgeYears === null ? null : `${facts.patientAgeYears} years`];
  return [...FACTS.map(([name, key]): Field => [name, facts[key]]), age, ...overlays];
}
