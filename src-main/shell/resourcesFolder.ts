/** Where models and sample films lie: beside dist/ in the checkout and the stage, in Electron's folder when packaged. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';

export function resourcesFolder(): string {
  const beside = join(__dirname, '..', 'resources');
  return app.isPackaged && !existsSync(beside) ? join(process.resourcesPath, 'resources') : beside;
}
