// npm run faults: the long form of the kill tests, 30 kills per type; KILLS and SEED can be set. verify runs a short form.
import { join } from 'node:path';
import { rootDir } from './setup/paths.mjs';
import { buildProduct, isBuilt } from './setup/product.mjs';
import { runAttached } from './setup/run.mjs';
import { runScript, setup } from './setup.mjs';

await runScript(async () => {
  const { nodePath, ffmpegPath, ffprobePath, whisperCliPath } = await setup();
  if (!isBuilt()) await buildProduct(nodePath);
  const env = { KILLS: '30', ...process.env, LONGHAUL_FFMPEG: ffmpegPath, LONGHAUL_FFPROBE: ffprobePath, LONGHAUL_WHISPER_CLI: whisperCliPath };
  return runAttached(nodePath, [join(rootDir, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'e2e/faults', '--disable-console-intercept'], { cwd: rootDir, env });
});
