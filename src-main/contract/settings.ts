/** Settings of reading. Every member has a default, so that an older file is always readable. */
import * as v from 'valibot';

export const SettingsSchema = v.object({
  overlayOpacity: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.5),
  showGrid: v.optional(v.boolean(), false),
  findingsOrder: v.optional(v.picklist(['card', 'probability']), 'card'),
  /** Stands beside the reader's answers; '' = the account of the computer. */
  readerName: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(64)), ''),
  /** The model's numbers are hidden until the reader has said that the study is done. */
  blindReading: v.optional(v.boolean(), false),
  worklistSort: v.optional(v.nullable(v.picklist(['priority', 'time', 'patient', 'imported'])), null),
});

/** Any of them; what is missing stays as it is. */
export const SettingsChangesSchema = v.partial(SettingsSchema);

export type Settings = v.InferOutput<typeof SettingsSchema>;

export type SettingsChanges = v.InferOutput<typeof SettingsChangesSchema>;

export const DEFAULT_SETTINGS: Settings = v.parse(SettingsSchema, {});
