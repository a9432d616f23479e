import { defineConfig } from 'vitest/config';

export default defineConfig({
  // What the bundler replaces (scripts/build.mjs), for code that tests load from source.
  define: { LONGHAUL_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    globalSetup: ['scripts/vitest-setup.mjs'],
    include: ['{src,scripts,bench,e2e}/**/*.test.ts'],
    // Real tools on a busy two-core machine: a test that needs longer than a minute says so itself.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Tests start FFmpeg and whisper-cli, which use the other core.
    maxWorkers: 2,
    allowOnly: false,
    passWithNoTests: false,
  },
});
