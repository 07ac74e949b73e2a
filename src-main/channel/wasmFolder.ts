/** Where the WASM files of the codecs and of the engine lie: beside the bundles, unless HILUM_WASM says otherwise. */
import { join } from 'node:path';

export function wasmFolder(): string {
  return process.env['HILUM_WASM'] ?? join(__dirname, 'wasm');
}
