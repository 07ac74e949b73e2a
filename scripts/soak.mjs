/** npm run soak -- [--films N] [--every N] [--native] [--no-build]: whether memory stays flat over many films. */
import '../test/bench/loadTypeScript.mjs';

const { runSoak } = await import('../test/bench/soak/runSoak.ts');
try {
  process.exitCode = await runSoak(process.argv.slice(2));
} catch (error) {
  if (!error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
