/**
 * Processes by name, for files that outlive them: number and, where the system tells it (Linux), the moment of the
 * start. Numbers are used again; and one that was killed keeps its number until its parent has looked.
 */
import { readFileSync } from 'node:fs';

/** Of this process. */
export function nameProcess(): string {
  return [process.pid, readLife(process.pid)?.startedAt].filter((part) => part !== undefined).join(' ');
}

/** `name` is that of `nameProcess`, or a number alone. */
export function isProcessAlive(name: string): boolean {
  const [pid, startedAt] = name.trim().split(' ');
  if (!/^[1-9]\d*$/.test(pid ?? '') || !answersSignals(Number(pid))) return false;
  const life = readLife(Number(pid));
  return life === null || (life.isRunning && (startedAt === undefined || startedAt === life.startedAt));
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It lives, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** proc(5): the state is the first field behind the name, the start the twentieth; a name may hold brackets. */
function readLife(pid: number): { readonly isRunning: boolean; readonly startedAt: string } | null {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return { isRunning: !'ZX'.includes(fields[0]!), startedAt: fields[19]! };
  } catch {
    return null;
  }
}
