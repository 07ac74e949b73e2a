/** What the model thread is asked. */
import type { ImportModelRequest } from '#main/workflows/importModel';

export type ModelWorkerProtocol = {
  importModel: {
    argument: { readonly home: string; readonly resources: string; readonly request: ImportModelRequest };
    reply: null;
  };
};
