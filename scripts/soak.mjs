/** npm run soak -- [--films N] [--every N] [--no-build]: whether memory stays flat over many films. */
import '../test/bench/loadTypeScript.mjs';

const { runSoak } = await import('../test/bench/soak/runSoak.ts');
process.exitCode = await runSoak(process.argv.slice(2));
