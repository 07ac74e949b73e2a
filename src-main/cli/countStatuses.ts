/** How the files of a run ended. */
import type { FilmReport, ReportStatus } from '#main/workflows/filmReport';

export type StatusCounts = Readonly<Record<ReportStatus, number>>;

export function countStatuses(reports: readonly FilmReport[]): StatusCounts {
  const counts = { ok: 0, not_scored: 0, refused: 0, failed: 0 };
  for (const { status } of reports) counts[status]++;
  return counts;
}

/** `22 files: 20 judged, 1 refused, 1 failed`; what did not happen is left out. */
export function describeCounts({ ok, not_scored, refused, failed }: StatusCounts): string {
  const total = ok + not_scored + refused + failed;
  const parts: readonly (readonly [number, string])[] = [
    [ok, 'judged'],
    [not_scored, 'not scored (lateral)'],
    [refused, 'refused'],
    [failed, 'failed'],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return `${total} ${total === 1 ? 'file' : 'files'}: ${said.join(', ')}`;
}
