/** The journeys through the interface: `serve` in a browser, `desktop` in an Electron, `packed` in the app as it is packed. */
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

/** Real media work on a shared two-core machine; no test may hang, so each has a limit. */
const TEST_LIMIT_MS = 120_000;
/** A busy machine shows a change late; a change that never comes is told after this. */
const EXPECT_LIMIT_MS = 15_000;

export default defineConfig({
  testMatch: '**/*.spec.ts',
  outputDir: join(import.meta.dirname, '../.cache/e2e'),
  timeout: TEST_LIMIT_MS,
  expect: { timeout: EXPECT_LIMIT_MS },
  // FFmpeg and Whisper use the other core. One window at a time also has the focus to itself.
  workers: 1,
  forbidOnly: true,
  // A test that fails sometimes is a fault to find, not to repeat away.
  retries: 0,
  projects: [
    { name: 'serve', testDir: 'serve' },
    { name: 'desktop', testDir: 'desktop' },
    { name: 'packed', testDir: 'packed' },
  ],
});
