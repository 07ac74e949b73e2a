/** The facts of a file that says nothing: a PNG, a JPEG, a TIFF. */
import type { FilmFacts } from '#main/contract/film';

export const NO_FACTS: FilmFacts = {
  patientId: '',
  patientIdIssuer: '',
  patientName: '',
  patientBirthDate: '',
  patientSex: '',
  patientAgeYears: null,
  accessionNumber: '',
  studyUid: '',
  seriesUid: '',
  instanceUid: '',
  sopClassUid: '',
  studyDescription: '',
  seriesDescription: '',
  studyDateTime: '',
  modality: '',
  bodyPart: '',
  view: '',
  station: '',
  manufacturerModel: '',
  institution: '',
  laterality: '',
  patientOrientation: '',
  presentationIntent: '',
  imageType: '',
};
