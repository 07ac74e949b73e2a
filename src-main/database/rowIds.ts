/** Rows have numbers; outside of the database an id is branded text. */

/** A number that no row has where `id` is not one of ours. */
export function toRowId(id: string): number {
  return /^[1-9][0-9]{0,14}$/.test(id) ? Number(id) : -1;
}

export function toId<Id extends string>(row: unknown): Id {
  return String(row) as Id;
}
