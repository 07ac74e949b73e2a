/** How facts are written on the screen. Dates keep the order year-month-day: it can not be misread. */

/**
 * `DOE^JOHN^^DR` → `DOE, John`-like text as the file has it: family name first, carets gone (PS3.5 6.2 PN). The first of
 * the ways of writing it that is there: a file may have none in Latin letters.
 */
export function formatPatientName(name: string): string {
  const [family = '', ...given] = (name.split('=').find((group) => /[^^\s]/.test(group)) ?? '')
    .split('^')
    .map((part) => part.trim());
  const rest = given
    .slice(0, 2)
    .filter((part) => part !== '')
    .join(' ');
  if (family === '') return rest;
  return rest === '' ? family : `${family}, ${rest}`;
}

export function formatAge(years: number | null): string {
  if (years === null) return '';
  return years < 2 ? `${Math.round(years * 12)} mo` : `${Math.floor(years)} y`;
}

/** `F · 54 y`; '' where the file is silent. */
export function formatSexAndAge(sex: string, years: number | null): string {
  return [sex, formatAge(years)].filter((part) => part !== '').join(' · ');
}

/** A time as a file says it, which is local: `2024-03-01T08:15:30` → `2024-03-01 08:15`; a date alone stays. */
export function formatDateTime(text: string): string {
  const [date = '', time = ''] = text.split('T');
  return time === '' ? date : `${date} ${time.slice(0, 5)}`;
}

/** A moment that Hilum noted (ISO 8601, UTC), on the clock of the reader: `2024-03-01 09:15`. */
export function formatMoment(moment: string): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return '';
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return formatDateTime(local.toISOString());
}

/** Seconds as a person says them: `12 s`, `3 min`, `1 h 20 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** Two to three digits that mean something, points under each other: `0.789`, `0.016`, `0.0021`, `<0.0001`. */
export function formatProbability(probability: number): string {
  if (probability < 0.0001) return probability === 0 ? '0' : '<0.0001';
  return probability.toFixed(probability < 0.01 ? 4 : 3);
}

/** `0.818 (0.808–0.829)`; the value alone where it has no interval. */
export function formatInterval(value: number | null, low: number | null, high: number | null): string {
  if (value === null) return '–';
  return low === null || high === null
    ? value.toFixed(3)
    : `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}

/** `…/folder/file.dcm`: the end of a path is what tells files apart. */
export function pathTail(path: string, parts = 2): string {
  const names = path.split(/[/\\]/).filter((name) => name !== '');
  if (names.length <= parts) return path;
  const tail = names.slice(-parts).join('/');
  return parts === 1 ? tail : `…/${tail}`;
}

/** `112,120`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-GB');
}

export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Width or centre of a window: whole where it is large, three digits where it is small. */
export function formatLevel(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** A grey value after the modality LUT, without the noise that arithmetic leaves in its last digits. */
export function formatGrey(value: number): string {
  return String(Number(value.toPrecision(7)));
}
