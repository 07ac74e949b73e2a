/**
 * The one table from a code to words: how bad it is, what happened, what to do.
 * A code that is missing here does not compile. `silent` is never shown as an error.
 */
import type { ErrorCode } from '#main/contract/errors';

export type Severity = 'error' | 'warning' | 'information' | 'silent';
export type ErrorText = { readonly severity: Severity; readonly sentence: string; readonly whatToDo: string };

function error(sentence: string, whatToDo: string): ErrorText {
  return { severity: 'error', sentence, whatToDo };
}
function warning(sentence: string, whatToDo: string): ErrorText {
  return { severity: 'warning', sentence, whatToDo };
}
function information(sentence: string, whatToDo: string): ErrorText {
  return { severity: 'information', sentence, whatToDo };
}

const ASK_AGAIN = 'Ask the sending station for the file again.';
const REPORT = 'Restart Hilum. If it happens again, report it with the steps that led here.';
const RESTARTS = 'It restarts by itself; other films go on. Analyse this one again.';

export const ERROR_TEXTS: Readonly<Record<ErrorCode, ErrorText>> = {
  'file/not-found': error('The file does not exist.', 'Check the path, or whether the drive is connected.'),
  'file/unreadable': error('The file can not be read.', 'Check its permissions, or copy it to this computer first.'),
  'file/unwritable': error('The file can not be written.', 'Check the folder’s permissions, or choose another one.'),
  'file/empty': error('The file is empty.', ASK_AGAIN),
  'file/too-large': error('The file is too large for a radiograph.', 'Check that it is a single film.'),
  'file/unknown-format': error('The file is not a film.', 'Hilum reads DICOM, PNG, JPEG, TIFF and ZIP.'),
  'file/vanished': warning(
    'The original file is no longer where it was.',
    'Reconnect the drive, or import the film again from its new place.',
  ),
  'archive/malformed': error('The archive is damaged.', 'Make the archive again, or unpack it and open the folder.'),
  'archive/unsafe-path': error('The archive holds an unsafe path.', 'Unpack it with care and open the folder instead.'),
  'archive/too-large': error('The archive is too large when unpacked.', 'Unpack it and open the folder instead.'),
  'archive/nested': warning('An archive inside the archive was left closed.', 'Unpack it and open the folder.'),

  'image/malformed': error('The picture is damaged.', ASK_AGAIN),
  'image/unsupported': error('This kind of picture can not be read.', 'Export it as DICOM, PNG or JPEG.'),
  'image/too-large': error('The picture is larger than any film.', 'Check that it is a single radiograph.'),
  'dicom/malformed': error('The DICOM file is damaged.', ASK_AGAIN),
  'dicom/truncated': error('The DICOM file ends too early.', 'The copy was not complete: fetch the file again.'),
  'dicom/no-pixels': error(
    'The DICOM object holds no picture.',
    'It may be a report; open the study’s images instead.',
  ),
  'dicom/missing-attribute': error('The DICOM file lacks a required attribute.', ASK_AGAIN),
  'dicom/implausible-size': error('Header and pixels of the file disagree.', ASK_AGAIN),
  'dicom/unsupported-transfer-syntax': error(
    'The compression of this file is not supported.',
    'Export the film uncompressed, or as JPEG Lossless or JPEG 2000.',
  ),
  'dicom/unsupported-pixels': error('This pixel format is not supported.', 'Export the film as grey, 8 to 16 bits.'),

  'decode/failed': error('The picture in the file could not be decoded.', ASK_AGAIN),
  'decode/crashed': error(
    'The decoder stopped while reading this file.',
    'Open it again; if it stops again, ask for it anew.',
  ),
  'decode/timeout': error('Reading this file took too long and was stopped.', ASK_AGAIN),
  'decode/out-of-memory': error('This file needs more memory than the decoder may use.', 'Check that it is a film.'),

  'film/lateral': information('A lateral film is shown but not scored.', 'The model judges frontal films only.'),
  'film/view-unsupported': warning(
    'The file names a view that is not known as frontal.',
    'The model judges frontal films only.',
  ),
  'film/not-chest': warning('The file says that this is not a chest.', 'Analyse it only if the header is wrong.'),
  'film/not-radiograph': warning('This is not a radiograph.', 'The model judges chest radiographs only.'),
  'film/not-human': warning('The file says that the patient is not human.', 'The model judges people only.'),
  'film/age-out-of-range': warning(
    'The patient’s age is outside what the model may judge.',
    'Read the film without the model.',
  ),
  'film/for-processing': warning(
    'This film is raw detector data, “for processing”.',
    'Open the “for presentation” film of the same study.',
  ),
  'film/incomplete': warning('A part of the film is missing.', 'Fetch the file again.'),
  'film/multi-frame': warning('The file holds several frames.', 'Export the film as a single frame.'),
  'film/duplicate': information('This film is known already.', 'Nothing to do: it is in the worklist once.'),

  'engine/unavailable': error('No engine can run the model.', 'Restart Hilum; `hilum engine` tells what is missing.'),
  'engine/crashed': warning('The engine stopped while it worked on this film.', RESTARTS),
  'engine/self-test-failed': error(
    'The engine’s numbers differ from the references, so it is not used.',
    'Reinstall Hilum; `hilum engine` shows the difference.',
  ),
  'engine/out-of-memory': error('The engine ran out of memory.', 'Close other programs, then analyse the film again.'),
  'engine/download-failed': error(
    'The native engine could not be downloaded.',
    'Check the network, or the package index and proxy that pip is set up with; then try again.',
  ),
  'engine/pack-damaged': error(
    'The download is not the native engine that this Hilum expects.',
    'Try again; if it stays so, the package index or something on the way changes files.',
  ),
  'model/not-found': error('The model is not installed.', 'Reinstall Hilum, or choose another model.'),
  'model/invalid': error(
    'The model’s card or weights are not valid.',
    'Import it from another file; reinstall Hilum where it came with it.',
  ),
  'model/hash-mismatch': error('The model’s weights are not those that its card names.', 'Reinstall the model.'),
  'model/unsupported': error('This kind of model is not supported.', 'Save it in another form, or use another model.'),
  'model/not-accepted': warning(
    'Nobody has accepted this model for this site.',
    'Test it on films of your own first (hilum models commission), then sign for it.',
  ),

  'training/diverged': error('The training diverged; its best weights are kept.', 'Train with a lower learning rate.'),
  'training/impossible': error('There is nothing to learn from these films.', 'Check labels, split and recipe.'),
  'training/busy': warning('This run is being trained by another program.', 'Wait for it, or stop it there.'),

  'database/newer': error('The database was written by a newer Hilum.', 'Install that version; nothing was changed.'),
  'database/corrupt': error('The database is damaged.', 'Restore a backup of Hilum’s folder, or start with a new one.'),
  'database/busy': warning('Another program keeps the database busy.', 'Wait for the command line to end, then retry.'),
  'database/read-only': error('The database can not be written.', 'Check the permissions of Hilum’s folder.'),
  'database/crashed': error('The database stopped.', REPORT),
  'database/not-found': warning('This entry is no longer in the database.', 'Go back to the worklist.'),
  'disk/full': error('The disk is full.', 'Free some space, then try again: nothing already imported is lost.'),

  'settings/invalid': error('A setting can not be read.', 'Set it again, or delete the file that is named.'),
  'patient/conflict': warning(
    'This patient ID belongs to different persons.',
    'The studies are kept apart. Check name, birth date and sex before you compare films.',
  ),

  'label/malformed': error('The table of labels can not be read.', 'Correct the lines that are named.'),
  'label/unknown-format': error('The labels can not be read.', 'Save them as such a table, or choose another file.'),
  'label/unknown-finding': error(
    'The table names findings that the model does not have.',
    'Correct the names, or choose the findings that are to be learnt.',
  ),
  'label/conflict': error('The table contradicts itself.', 'Correct the lines that are named.'),
  'label/no-match': error(
    'Films and labels do not belong together.',
    'Check that the table is about these films, and what it is joined by.',
  ),
  'label/no-patient': error(
    'It is not known whose film it is, and films are divided by patient.',
    'Add a column "patient_id" to the table.',
  ),
  'label/too-few': error('There are too few patients.', 'Choose other shares, or bring more films.'),
  'label/leak': error(
    'Patients of the training would be in the test.',
    'Take the patients that are named out of the test, or start from another model.',
  ),

  'task/cancelled': {
    severity: 'silent',
    sentence: 'The work was cancelled.',
    whatToDo: 'Start it again when needed.',
  },
  'task/abandoned': warning('Hilum ended while this work was going on.', 'Start it again: what was done is kept.'),
  'usage/invalid': error('This request can not be carried out.', 'Check what was entered.'),
  'contract/invalid-argument': error('Hilum asked itself something invalid.', REPORT),
  'contract/forbidden-sender': error('A request from outside the window was refused.', REPORT),
  'internal/unexpected': error('Something unexpected happened in Hilum.', REPORT),
};
