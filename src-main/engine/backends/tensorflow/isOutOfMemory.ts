/** TensorFlow's binding hands its status on as words only: this is the one place that reads them. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /\bOOM\b|RESOURCE_EXHAUSTED|out of memory/i.test(error.message);
}
