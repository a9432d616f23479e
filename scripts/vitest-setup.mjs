// Before any test: the tools that tests use are there and named, and journeys find what users run built from today's source.
import { buildProduct, isBuilt } from './setup/product.mjs';
import { createReport } from './setup/report.mjs';
import { setup as setUp } from './setup.mjs';

export async function setup() {
  const { nodePath, ffmpegPath, ffprobePath, whisperCliPath } = await setUp({ report: createReport({ quiet: true }) });
  process.env.LONGHAUL_FFMPEG ??= ffmpegPath;
  process.env.LONGHAUL_FFPROBE ??= ffprobePath;
  process.env.LONGHAUL_WHISPER_CLI ??= whisperCliPath;
  if (!isBuilt()) await buildProduct(nodePath);
}
