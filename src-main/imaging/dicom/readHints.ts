/** What a header says beyond the film's facts that decides whether a film may be judged. */
import { agesContradict, type FilmHints } from '../kind/judgeFilm';
import type { Attributes } from './attributes';
import { ageByBirthDate, parseAge, readDateTime } from './readFacts';
import type { StoredPicture } from './readEncoding';
import { TAG } from './tags';

/** `today`: YYYY-MM-DD, or '' where it is not to count. `repairs` gets what the header contradicts itself in. */
export function readHints(attributes: Attributes, picture: StoredPicture, today: string, repairs: string[]): FilmHints {
  const { code, text } = attributes;
  const ageByBirthDateYears = ageByBirthDate(attributes, readDateTime(attributes));
  if (agesContradict(parseAge(text(TAG.patientAge)), ageByBirthDateYears)) {
    repairs.push('PatientAge and the birth date differ by more than two years; PatientAge is shown.');
  }
  const codedSpecies = attributes.items(TAG.patientSpeciesCodeSequence)[0]?.text(TAG.codeMeaning) ?? '';
  const codedBreed = attributes.items(TAG.patientBreedCodeSequence)[0]?.text(TAG.codeMeaning) ?? '';
  return {
    species: text(TAG.patientSpeciesDescription) || codedSpecies,
    breed: text(TAG.patientBreedDescription) || codedBreed,
    // Not the study's description: it names all films of the study ("chest PA and lateral").
    descriptions: DESCRIPTIONS.map((tag) => text(tag)).filter(Boolean),
    ageByBirthDateYears,
    ageTodayYears: ageByBirthDate(attributes, today),
    derivation: readDerivation(attributes),
    burnedInAnnotation: code(TAG.burnedInAnnotation).toUpperCase(),
    lossy: readLossy(attributes, picture),
  };
}

const DESCRIPTIONS = [
  TAG.seriesDescription,
  TAG.protocolName,
  TAG.performedProcedureStepDescription,
  TAG.acquisitionDeviceProcessingDescription,
] as const;

/** Each a text in the header's own words. */
function readDerivation(attributes: Attributes): readonly string[] {
  const equipment = attributes
    .items(TAG.contributingEquipmentSequence)
    .flatMap((item) => [
      item.text(TAG.contributionDescription),
      item.text(TAG.manufacturerModelName),
      ...meaningsIn(item, TAG.purposeOfReferenceCodeSequence),
    ]);
  const derivation = [
    attributes.text(TAG.derivationDescription),
    ...meaningsIn(attributes, TAG.derivationCodeSequence),
  ];
  return [...derivation, ...equipment].filter(Boolean);
}

function meaningsIn(attributes: Attributes, sequence: string): readonly string[] {
  return attributes.items(sequence).map((item) => item.text(TAG.codeMeaning));
}

/** A sentence about lossy compression at any time in the film's life (PS3.3 C.7.6.1.1.5); null where there was none. */
function readLossy(attributes: Attributes, { encapsulated, syntax }: StoredPicture): string | null {
  const isLossy = /^(0?1|Y(ES)?)$/i.test(attributes.code(TAG.lossyImageCompression));
  if (!isLossy && !(encapsulated && syntax.lossy)) return null;
  const ratio = attributes.decimals(TAG.lossyImageCompressionRatio)[0] ?? null;
  return ratio === null
    ? 'The film was compressed with loss.'
    : `The film was compressed with loss, about ${Math.round(ratio)} to 1.`;
}
