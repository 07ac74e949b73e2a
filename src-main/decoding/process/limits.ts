/** Films are read whole. The largest, uncompressed tomosynthesis, have some hundred megabytes. */
export const LARGEST_FILE_BYTES = 2 ** 30;
