/**
 * Ctrl-C cancels the work, which then keeps what it has and ends with 130; pressed again, the process ends at once.
 */
import { EXIT } from './exitCodes';

/**
 * One press can arrive twice: from the terminal, and from the launcher that passes it on. What follows this soon is
 * the same press.
 */
const SAME_PRESS_MS = 300;

export function cancelOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  let pressedAt = 0;
  function onSignal(): void {
    const now = Date.now();
    if (pressedAt !== 0 && now - pressedAt > SAME_PRESS_MS) process.exit(EXIT.cancelled);
    pressedAt ||= now;
    controller.abort();
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return controller.signal;
}
