/** Where models and self-test lie: beside the bundles' folder, unless whoever starts this process says otherwise. */
import { join } from 'node:path';

export function resourcesFolder(): string {
  return process.env['HILUM_RESOURCES'] ?? join(__dirname, '..', 'resources');
}
