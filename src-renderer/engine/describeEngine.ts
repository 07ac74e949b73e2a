/** The engine's state in one line for the status bar, and what a person can do. */
import type { EngineStatus } from '#main/contract/engine';

export function describeEngine(status: EngineStatus): string {
  const chosen = status.backends.find(({ id }) => id === status.chosen);
  const table: Readonly<Record<EngineStatus['state'], string>> = {
    starting: 'Engine starting…',
    ready: chosen === undefined ? 'Engine ready' : `Engine ${chosen.id} · ${chosen.device}`,
    restarting: 'Engine stopped, restarting…',
    failed: 'Engine failed: films can be read, not scored. Restart Hilum.',
  };
  return table[status.state];
}

/** One line a backend, for the title of the status bar's entry. */
export function describeBackends({ backends, message, restarts }: EngineStatus): string {
  const lines = backends.map(({ id, device, available, reason, selfTestMaxDifference, millisecondsPerFilm }) => {
    if (available !== true) return `${id}: ${available === null ? '' : 'not available, '}${reason}`;
    const test = selfTestMaxDifference === null ? '' : `, self-test within ${selfTestMaxDifference.toExponential(1)}`;
    const speed = millisecondsPerFilm === null ? '' : `, ${Math.round(millisecondsPerFilm)} ms a film`;
    return `${id}: ${device}${test}${speed}`;
  });
  if (restarts > 0) lines.push(`Restarted ${restarts === 1 ? 'once' : `${restarts} times`}.`);
  if (message !== '') lines.push(message);
  return lines.join('\n');
}
