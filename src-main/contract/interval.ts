/** A figure with its 95 % interval: `auroc`, `aurocLow`, `aurocHigh`. Null = not defined. */
export type WithInterval<Name extends string> = Readonly<Record<Name | `${Name}Low` | `${Name}High`, number | null>>;
