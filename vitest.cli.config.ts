/** The real command line, as a person starts it: needs `npm run build`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/cli/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
