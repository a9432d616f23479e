// Finds or installs everything that Longhaul needs on this machine. Uses Node's own modules only: it runs before npm ci.
import { fileURLToPath } from 'node:url';
import { ensureFfmpeg } from './setup/ffmpeg.mjs';
import { ensureNode } from './setup/node.mjs';
import { ensurePackages } from './setup/npm.mjs';
import { createReport } from './setup/report.mjs';
import { ensureWhisper } from './setup/whisper.mjs';

/** Resolves to { nodePath, ffmpegPath, ffprobePath, whisperCliPath }; rejects when a step can't be done, after saying so. */
export async function setup({ report = createReport() } = {}) {
  await report.step('npm packages', ensurePackages);
  const { nodePath } = await report.step('Node', ensureNode);
  // Both are tried even when one fails, so that a person hears of everything that is missing at once.
  const [ffmpeg, whisper] = [await settle(report.step('FFmpeg', ensureFfmpeg)), await settle(report.step('whisper-cli', ensureWhisper))];
  const { ffmpegPath, ffprobePath } = taken(ffmpeg);
  const { whisperCliPath } = taken(whisper);
  return { nodePath, ffmpegPath, ffprobePath, whisperCliPath };
}

async function settle(step) {
  const [result] = await Promise.allSettled([step]);
  return result;
}

function taken(result) {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** Runs the main function of a script: failures that were reported already end with exit code 1 and no stack. */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (error?.name !== 'SetupError') console.error(error);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runScript(async () => void (await setup()));
