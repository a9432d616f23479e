/** A tool's command as a person would type it. */
import { basename } from 'node:path';

/**
 * One line that a POSIX shell reads as the program and exactly these arguments. The program goes by its name alone, as it is found on
 * another machine. Control characters, a line's end among them, are written as in POSIX.1-2024: $'a\nb'.
 */
export function shellCommand(path: string, args: readonly string[]): string {
  return [basename(path).replace(/\.exe$/i, ''), ...args].map(quote).join(' ');
}

/** What no shell gives a meaning to, wherever it stands in an argument. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;
const CONTROL = /[\u0000-\u001f\u007f]/;

function quote(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!CONTROL.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text.replaceAll(/[\\']/g, '\\$&').replaceAll(/[\u0000-\u001f\u007f]/g, (char) => ESCAPES[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return `$'${escaped}'`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
