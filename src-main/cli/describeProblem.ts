/** An error as the command line says it: `hilum: sentence [code]`, and what to do where there is something to do. */
import { toErrorBody, type ErrorCode } from '#main/contract/errors';
import { plainText } from './terminal';

const ADVICE: Partial<Record<ErrorCode, string>> = {
  'model/not-found': 'See "hilum models list" for the models that are here.',
  'model/invalid': 'See "hilum models verify"; a damaged model has to be installed again.',
  'model/hash-mismatch': 'The weights were changed or damaged. Install the model again; nothing was analysed with it.',
  'engine/unavailable': 'See "hilum engine" for the backends and why they were refused.',
  'engine/self-test-failed': 'See "hilum engine" for the backends and why they were refused.',
  'engine/out-of-memory': 'Close other programs, or give fewer decode processes: --jobs 1.',
  'engine/download-failed': 'PIP_INDEX_URL, pip.conf and HTTPS_PROXY are used. What was downloaded is kept; try again.',
  'engine/pack-damaged': 'Nothing of it was installed. Try again; if it stays so, something on the way changes files.',
  'database/newer': 'A newer Hilum has used this HILUM_HOME. Update this one, or give another HILUM_HOME.',
  'database/busy': 'Wait until the other Hilum is done, or add --no-store.',
  'database/read-only': 'Give a HILUM_HOME that may be written to, or add --no-store.',
  'database/corrupt': 'Give another HILUM_HOME, or add --no-store, until the database is mended.',
  'label/no-match':
    'Films are joined by the first of the columns file, instance_uid, study_uid and accession_number that is filled:\n' +
    '       take out what another system calls them.',
  'label/leak':
    'Take these patients out of it; those whom the model knows are left out by "hilum evaluate --leave-out-trained".',
  'disk/full': 'Make room on the disk and go on with --resume.',
  'internal/unexpected': 'This is a fault of Hilum. Set HILUM_DEBUG=1 to see where it happened.',
};

export function describeProblem(error: unknown): string {
  const { code, message } = toErrorBody(error);
  const advice = ADVICE[code];
  const trace = process.env['HILUM_DEBUG'] && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  return `hilum: ${plainText(message)} [${code}]${advice === undefined ? '' : `\n       ${advice}`}${trace}\n`;
}
