/**
 * A calibration that this site has made of a model, beside the model and not in it: a model that comes with Hilum is
 * not ours to write to. The registry lays it into the card; without the film that it was fitted on there is none.
 */
import * as v from 'valibot';
import { AcceptanceSchema } from './acceptance';
import { CardCalibrationSchema } from './card';

export const CalibrationNoteSchema = v.object({
  schema: v.literal(1),
  notice: v.string(),
  model: v.object({ id: v.string(), version: v.string(), weightsSha256: v.string() }),
  calibration: CardCalibrationSchema,
  /** The card's own cut-offs as calibrated probabilities, by finding: they flag what they flagged before. */
  cutoffs: v.record(v.string(), v.number()),
  /** Likewise those that views have of their own. */
  cutoffsByView: v.optional(
    v.object({ AP: v.optional(v.record(v.string(), v.number())), PA: v.optional(v.record(v.string(), v.number())) }),
  ),
  /** What was accepted before; its cut-offs, calibrated like the card's, are in force meanwhile. */
  acceptanceBefore: v.nullable(AcceptanceSchema),
});

export type CalibrationNote = v.InferOutput<typeof CalibrationNoteSchema>;
