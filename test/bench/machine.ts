/** What the figures were measured on, and how much memory processes hold. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** One line: processor, cores, memory, system, Node, and how busy the machine was with other things. */
export function describeMachine(): string {
  return [
    (cpus()[0]?.model ?? 'unknown processor').replace(/\s+/g, ' ').trim(),
    `${availableParallelism()} cores`,
    `${Math.round(totalmem() / 1e9)} GB`,
    systemName(),
    `Node ${process.versions.node}`,
    `load ${(loadavg()[0] ?? 0).toFixed(1)}`,
  ].join(' · ');
}

function systemName(): string {
  if (!existsSync('/etc/os-release')) return `${platform()} ${release()}`;
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
}

/** Resident bytes now; null where the process is gone or the system has no /proc. */
export function residentBytes(pid: number): number | null {
  return statusBytes(pid, 'VmRSS');
}

/** The most that was ever resident; null as above. */
export function peakResidentBytes(pid: number): number | null {
  return statusBytes(pid, 'VmHWM');
}

function statusBytes(pid: number, field: string): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kibibytes = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}

/** Time of all its threads on a processor so far; null where the process is gone or the system has no /proc. */
export function processorMilliseconds(pid: number): number | null {
  try {
    // Behind the name, which may hold spaces: the 12th and 13th are ticks, a hundred a second on Linux.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}

/** The process and all that it started; empty where the system has no /proc. */
export function processTree(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const children = threads.flatMap(
      (thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').match(/\d+/g) ?? [],
    );
    return [pid, ...children.flatMap((child) => processTree(Number(child)))];
  } catch {
    return [];
  }
}

/** Memory of a process with all that it started; pages that they share count in each of them. */
export function treeResidentBytes(pid: number): number | null {
  const sizes = processTree(pid).map((member) => residentBytes(member) ?? 0);
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
}
