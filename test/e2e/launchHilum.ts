/** Starts the real window on its staged runtime with a home of its own, and closes it without leaving anything. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { stageApp } from '../../scripts/stage.mjs';

export type Hilum = {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly home: string;
  /** Lines that main and its helpers wrote to stderr. */
  readonly log: readonly string[];
};

export async function createHome(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'hilum-e2e-'));
}

export async function removeHome(home: string): Promise<void> {
  await rm(home, { recursive: true, force: true });
}

export async function launchHilum(
  home: string,
  extraArgs: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Hilum> {
  const stage = await stageApp();
  const app = await _electron.launch({
    executablePath: stage.executable,
    args: [...stage.args, ...stage.sandboxArgs, ...extraArgs],
    env: { ...(process.env as Record<string, string>), ...env, HILUM_HOME: home },
    timeout: 60_000,
  });
  const log: string[] = [];
  app.process().stderr?.on('data', (chunk: Buffer) => log.push(...chunk.toString().split('\n').filter(Boolean)));
  const page = await app.firstWindow();
  await page.setViewportSize({ width: 1680, height: 980 });
  return { app, page, home, log };
}

/** Process ids of the helpers of this kind: `engine`, `decode`. */
export async function helperPids(app: ElectronApplication, name: 'engine' | 'decode'): Promise<number[]> {
  return app.evaluate(
    ({ app: electronApp }, wanted) =>
      electronApp
        .getAppMetrics()
        .filter((metric) => metric.serviceName === wanted || metric.name === wanted)
        .map((metric) => metric.pid),
    `hilum-${name}`,
  );
}

/** The next file dialog answers with these paths, as if a person had chosen them. */
export async function answerFileDialog(app: ElectronApplication, paths: readonly string[]): Promise<void> {
  await app.evaluate(({ dialog }, filePaths) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [...filePaths] });
  }, paths);
}
