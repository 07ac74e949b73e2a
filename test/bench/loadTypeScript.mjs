/**
 * Lets Node run the sources as they are: it strips the types itself, but wants file endings, which our imports do
 * not have. Imported for its effect by the scripts that run test/bench.
 */
import { registerHooks } from 'node:module';

/** CommonJS in one line, whose names Node can not find by itself as our bundler does. */
const NAMES = { 'dcmjs-codecs': 'Context, log, NativeCodecs' };

registerHooks({
  resolve(specifier, context, next) {
    if (specifier in NAMES && context.parentURL?.startsWith('file:')) {
      const { url } = next(specifier, context);
      const source = `import all from ${JSON.stringify(url)}; export const { ${NAMES[specifier]} } = all;`;
      return { url: `data:text/javascript,${encodeURIComponent(source)}`, format: 'module', shortCircuit: true };
    }
    const isOurs = specifier.startsWith('.') && !context.parentURL?.includes('/node_modules/');
    if (!isOurs || /\.(c|m)?ts$|\.cjs$|\.json$/.test(specifier)) return next(specifier, context);
    try {
      return next(specifier, context);
    } catch {
      return next(specifier.endsWith('.mjs') ? specifier.replace(/\.mjs$/, '.mts') : `${specifier}.ts`, context);
    }
  },
});
