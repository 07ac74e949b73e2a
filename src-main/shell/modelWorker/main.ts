/** The thread that takes over a model file: unpacking and hashing 30 to 90 MB would hold up the main process. */
import { serve } from '#main/channel/channel';
import { parentPort } from '#main/channel/parentPort';
import { createModelRegistry } from '#main/database/modelRegistry';
import { importModel } from '#main/workflows/importModel';
import type { ModelWorkerProtocol } from './protocol';

serve<ModelWorkerProtocol>(parentPort(), {
  importModel: async ({ home, resources, request }, signal) => {
    await importModel(createModelRegistry({ home, resources }), request, signal);
    return null;
  },
});
