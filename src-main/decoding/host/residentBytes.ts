/** The memory that a process keeps, seen from outside. */
import { readFile } from 'node:fs/promises';

/** Linux alone tells it without another process; elsewhere null, and time is the only limit. */
export async function residentBytes(pid: number | undefined): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'latin1');
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
