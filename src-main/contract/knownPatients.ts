/** Whose films they are, as far as labels or headers say: a film of nobody known is no patient more. */
export type KnownPatients = {
  /** Null where no film's patient is known. */
  readonly patients: number | null;
  readonly filmsWithoutPatient: number;
};

/** `ids`: of each film's patient; null where nobody says. */
export function countKnownPatients(ids: readonly (string | null)[]): KnownPatients {
  const known = ids.filter((id) => id !== null);
  return {
    patients: known.length === 0 ? null : new Set(known).size,
    filmsWithoutPatient: ids.length - known.length,
  };
}

/** `140 films of 35 patients`, `140 films, patients unknown`, `140 films: 138 of 35 patients, 2 of unknown ones`. */
export function describeFilms(films: number, { patients, filmsWithoutPatient }: KnownPatients): string {
  if (patients === null) return `${counted(films, 'film')}, patients unknown`;
  if (filmsWithoutPatient === 0) return `${counted(films, 'film')} of ${counted(patients, 'patient')}`;
  const known = `${films - filmsWithoutPatient} of ${counted(patients, 'patient')}`;
  return `${counted(films, 'film')}: ${known}, ${filmsWithoutPatient} of unknown ones`;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en-GB')} ${what}${count === 1 ? '' : 's'}`;
}
