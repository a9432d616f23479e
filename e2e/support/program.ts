/** The built program, as its users run it. vitest's global set-up (scripts/vitest-setup.mjs) has built it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Path of the built command line. */
export function programPath(): string {
  const path = join(import.meta.dirname, '../../out/main/cli.js');
  if (!existsSync(path)) throw new Error(`${path} is not built. Run npm run build.`);
  return path;
}
