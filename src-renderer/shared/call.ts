/** Calls of the API as plain promises: the envelope's value, or its error thrown with its code. */
import type { Envelope } from '#main/contract/createApi';
import { fromErrorBody } from '#main/contract/errors';

/** Throws AppError where the envelope carries an error. */
export async function call<Value>(answer: Promise<Envelope<Value>>): Promise<Value> {
  const envelope = await answer;
  if (envelope.ok) return envelope.value;
  throw fromErrorBody(envelope.error);
}
