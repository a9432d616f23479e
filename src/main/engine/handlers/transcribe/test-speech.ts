/** Finds whisper-cli and speech with its text for tests. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { locateTools } from '../../media/locate.ts';

const resourcesDir = fileURLToPath(new URL('../../../../../resources', import.meta.url));

/** Null where neither the set-up nor the user has put one: tests that need it then skip, and say so in their names. */
export const whisperCliPath = (
  await locateTools({ env: process.env, platform: process.platform, homeDir: homedir(), resourcesDir, dataDir: tmpdir() }, new AbortController().signal)
).tools.whisperCliPath;

export const NEEDS_WHISPER = '(needs whisper-cli: npm run setup)';

/** A minute of synthetic speech with six seconds of silence after its seventh sentence. */
export const SAMPLE = `${resourcesDir}/samples/longhaul-sample.mp4`;
export const SAMPLE_TEXT = readFileSync(`${resourcesDir}/samples/longhaul-sample.txt`, 'utf8');

const jfk = fileURLToPath(new URL('../../../../../../shared/corpus/jfk.flac', import.meta.url));
/** Eleven seconds of a real voice; null where the corpus is not beside the project. */
export const JFK = existsSync(jfk) ? jfk : null;

/** Lower-case words without punctuation. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().replaceAll(/[^a-z' ]/g, ' ').split(/\s+/).filter((word) => word !== '');
}
