/** npm run bench -- [engine|training|triage …] [--markdown] [--rounds N] [--no-build]: Hilum's times beside a peer's. */
import '../test/bench/loadTypeScript.mjs';

const { runBench } = await import('../test/bench/runBench.ts');
try {
  process.exitCode = await runBench(process.argv.slice(2));
} catch (error) {
  if (!error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
