/**
 * Hilum's own operation for TensorFlow (src-native/joinAndActivate.cc), which lies in the application and works with
 * any TensorFlow: of the pack, or a person's own.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const FILE = 'hilum_operation.node';

/**
 * Whether graphs may use it from now on. Not on systems for which it is not built, nor with a TensorFlow so old that it
 * lacks what the file needs: graphs are then written without it, and give the same numbers a little later. Call it after
 * TensorFlow's binding is loaded. `resources` is the folder of what comes with the product.
 */
export function loadOwnOperation(resources: string): boolean {
  const path = join(resources, 'native', `${process.platform}-${process.arch}`, FILE);
  try {
    createRequire(path)(path);
    return true;
  } catch {
    return false;
  }
}
