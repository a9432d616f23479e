/** Reads a path as people paste it. */
import { isAbsolute, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * An absolute path, from: itself; with quotes around it, as Windows copies it; `file:///…`, as file managers do; `~/…`.
 * Undefined: none of these, or relative to a folder that nobody knows here.
 */
export function readPath(pasted: string, homeDir: string): string | undefined {
  const text = /^"(.+)"$/s.exec(pasted)?.[1] ?? pasted;
  if (isAbsolute(text)) return normalize(text);
  if (/^~[/\\]/.test(text)) return join(homeDir, text.slice(2));
  if (!/^file:/i.test(text)) return undefined;
  try {
    return fileURLToPath(text);
  } catch {
    return undefined;
  }
}
