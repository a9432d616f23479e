// npm run bench [-- CASE…]: bundles bench/ like the product and runs it under the product's Node. Results go to stdout, the set-up to stderr.
import { join } from 'node:path';
import { rootDir } from './setup/paths.mjs';
import { createReport } from './setup/report.mjs';
import { run, runAttached } from './setup/run.mjs';
import { runScript, setup } from './setup.mjs';

/** Bundled by the product's own recipe, in a process of its own: esbuild is not there before the set-up. */
const BUILD = `
import { build, ENTRIES } from './scripts/build.mjs';
await build({ entries: { ...ENTRIES, 'bench/index': 'bench/index.ts', 'bench/noop/worker': 'bench/noop-worker.ts', 'bench/noop/store-thread': ENTRIES['main/store-thread'] }, node: { external: ['@playwright/test'] } });
`;

await runScript(async () => {
  const report = createReport({ stream: process.stderr });
  const { nodePath, ffmpegPath, ffprobePath, whisperCliPath } = await setup({ report });
  await report.step('build', async () => {
    const { code, output } = await run(nodePath, ['--input-type=module', '-e', BUILD], { cwd: rootDir });
    if (code !== 0) throw new Error(`The build failed:\n${output}`);
    return { text: 'out/ from src/ and bench/' };
  });
  const env = { ...process.env, LONGHAUL_FFMPEG: ffmpegPath, LONGHAUL_FFPROBE: ffprobePath, LONGHAUL_WHISPER_CLI: whisperCliPath };
  return runAttached(nodePath, [join(rootDir, 'out', 'bench', 'index.js'), ...process.argv.slice(2)], { cwd: rootDir, env });
});
