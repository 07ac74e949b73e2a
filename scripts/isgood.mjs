/** npm run isgood: types, lint, dead code, format and the tests that need no build. */
import { runParts, STATIC_PARTS, UNIT_PART } from './parts.mjs';

const { passed, failed } = await runParts([...STATIC_PARTS, UNIT_PART]);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
