/** The one importer of tfjs-core: whoever touches a tensor does it through here. */
export * from '@tensorflow/tfjs-core';
