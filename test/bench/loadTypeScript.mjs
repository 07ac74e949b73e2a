/**
 * Lets Node run the sources as they are: it strips the types itself, but wants file endings, which our imports do
 * not have. Imported for its effect by the scripts that run test/bench.
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const isOurs = specifier.startsWith('.') && !context.parentURL?.includes('/node_modules/');
    if (!isOurs || /\.(c|m)?ts$|\.cjs$|\.json$/.test(specifier)) return next(specifier, context);
    try {
      return next(specifier, context);
    } catch {
      return next(specifier.endsWith('.mjs') ? specifier.replace(/\.mjs$/, '.mts') : `${specifier}.ts`, context);
    }
  },
});
