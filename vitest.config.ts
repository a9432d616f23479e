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
    // What a test looks for until it is there: a second, as vitest has it, is soon over on such a machine.
    expect: { poll: { timeout: 30_000, interval: 20 } },
    pool: 'forks',
    // Tests start FFmpeg and whisper-cli, which use the other core.
    maxWorkers: 2,
    allowOnly: false,
    passWithNoTests: false,
  },
});
