import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isProcessAlive, nameProcess } from '#main/channel/processLife';

const KNOWS_STARTS = existsSync('/proc/self/stat');

describe('isProcessAlive', () => {
  it('knows this process by name and by number', () => {
    expect([nameProcess(), String(process.pid)].map(isProcessAlive)).toEqual([true, true]);
  });

  it.each(['', '0', '-1', 'hilum', '4194305', '4194305 17'])('says of "%s" that it is no living process', (name) => {
    expect(isProcessAlive(name)).toBe(false);
  });

  it.runIf(KNOWS_STARTS)('tells a process from a later one with its number', () => {
    expect(isProcessAlive(`${process.pid} 1`)).toBe(false);
  });

  it.runIf(KNOWS_STARTS)('counts one that was killed as dead, also before its parent has looked', async () => {
    // A shell that never looks after its child: the child's number stays taken.
    const shell = spawn('/bin/sh', ['-c', 'sh -c "sleep 60" & echo $!; exec sleep 60']);
    const child = await new Promise<string>((resolve) =>
      shell.stdout.once('data', (text: Buffer) => resolve(text.toString().trim())),
    );
    try {
      expect(isProcessAlive(child)).toBe(true);
      process.kill(Number(child), 'SIGKILL');
      await expect.poll(() => readFileSync(`/proc/${child}/stat`, 'utf8')).toContain(' Z ');
      expect(isProcessAlive(child)).toBe(false);
    } finally {
      shell.kill('SIGKILL');
    }
  });
});
