/** Branded ids: a film's id can not be handed in where a study's is asked for. */
declare const brand: unique symbol;
type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type PatientId = Id<'patient'>;
export type StudyId = Id<'study'>;
export type FilmId = Id<'film'>;
export type PredictionId = Id<'prediction'>;
export type ModelId = Id<'model'>;
export type TaskId = Id<'task'>;
