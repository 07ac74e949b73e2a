/** Everything, in order; the last line is the sum, alone. */
import { PRODUCT_PARTS, runParts, STATIC_PARTS, UNIT_PART } from './parts.mjs';

const { passed, failed } = await runParts([...STATIC_PARTS, UNIT_PART, ...PRODUCT_PARTS]);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
