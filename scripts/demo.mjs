// npm run demo [-- FILE]: sets up what is missing, builds, and runs the main job on the bundled sample or on the user's file.
import { existsSync, mkdirSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { rootDir } from './setup/paths.mjs';
import { buildProduct, cliPath, isBuilt } from './setup/product.mjs';
import { createReport, formatElapsed } from './setup/report.mjs';
import { runAttached } from './setup/run.mjs';
import { runScript, setup } from './setup.mjs';

const SAMPLE = join(rootDir, 'resources', 'samples', 'longhaul-sample.mp4');
const RECIPES = ['transcript', 'mp4-h264', 'preview', 'thumbnail', 'contact-sheet'];

await runScript(async () => {
  const startedAt = performance.now();
  const args = process.argv.slice(2);
  if (args.length > 1 || args[0]?.startsWith('--')) {
    process.stderr.write('Usage: npm run demo [-- FILE]\n');
    return 2;
  }
  const file = args[0] === undefined ? SAMPLE : fromWhereTheUserIs(args[0]);
  if (!existsSync(file)) {
    process.stderr.write(`There is no file ${file}. Name one that exists, or leave it out for the bundled sample.\n`);
    return 1;
  }
  const folder = fromWhereTheUserIs('longhaul-demo');
  process.stdout.write(`Longhaul demo: transcript, MP4, preview, thumbnail and contact sheet of ${args[0] === undefined ? 'the bundled sample' : file}.\n\n`);

  const report = createReport();
  const { nodePath } = await setup({ report });
  await report.step('build', async () => (isBuilt() ? { text: 'out/ is up to date' } : buildProduct(nodePath)));
  process.stdout.write('\n');
  mkdirSync(folder, { recursive: true });
  const code = await runAttached(nodePath, [
    cliPath, 'do', file, ...RECIPES.flatMap((name) => ['--recipe', name]), '--skip-unfit', '--out', folder, '--data', join(folder, '.data'),
  ]);
  process.stdout.write(`\n${lastWord(code, folder)} It took ${formatElapsed(performance.now() - startedAt)} in all.\n`);
  return code;
});

function lastWord(code, folder) {
  if (code === 0) return `The results are in ${folder}.`;
  if (code === 130) return `Stopped. To go on from here: npm run -s longhaul -- run --until-idle --data '${join(folder, '.data')}'.`;
  return `The demo ended with exit code ${code}.`;
}

/** npm runs scripts in the checkout and tells where it was called. */
function fromWhereTheUserIs(path) {
  return isAbsolute(path) ? path : resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
