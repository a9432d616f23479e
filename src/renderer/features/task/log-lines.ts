/** A task's log as it is shown. */

export interface LogLine {
  /** ISO time; empty where the line has none. */
  readonly at: string;
  readonly text: string;
}

/** The engine writes `ISO-time text`. */
export function parseLogLine(line: string): LogLine {
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?(.*)$/s.exec(line);
  return match === null ? { at: '', text: line } : { at: match[1] ?? '', text: match[2] ?? '' };
}

/** The exact commands of tools, each once, in the order in which they were first started: lines that begin with `$ `. */
export function commandsOf(lines: readonly LogLine[]): string[] {
  return [...new Set(lines.filter(({ text }) => text.startsWith('$ ')).map(({ text }) => text.slice(2)))];
}
