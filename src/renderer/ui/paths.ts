/** Paths of the engine's machine, which may be of another system than the window's. */

export function fileName(path: string): string {
  return path.replace(/[/\\]+$/, '').split(/[/\\]/).at(-1) ?? path;
}

export function folderOf(path: string): string {
  const name = fileName(path);
  const at = path.lastIndexOf(name);
  return at <= 0 ? '' : path.slice(0, at).replace(/(.)[/\\]+$/, '$1');
}

/** The two parts of a name between which a narrow column may cut: its end tells more than its middle. */
export function splitName(name: string, endLength = 12): readonly [string, string] {
  // Counted in what a reader sees as a character, so that none is torn.
  const letters = [...name];
  if (letters.length <= endLength * 2) return [name, ''];
  return [letters.slice(0, -endLength).join(''), letters.slice(-endLength).join('')];
}
