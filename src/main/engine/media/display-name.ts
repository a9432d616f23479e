import { basename } from 'node:path';

/** A file's name for a sentence: without its folder, and with control characters made visible so that a message stays one line. */
export function displayName(path: string): string {
  return basename(path).replace(/[\u0000-\u001f\u007f]/g, (character) => (character === '\n' ? '\\n' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`));
}
