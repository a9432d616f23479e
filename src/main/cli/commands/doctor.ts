/** `longhaul doctor`: what was found on this machine, and what is missing. */
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import { examine, type Part } from '../doctor-parts.ts';
import { clean } from '../terminal/text.ts';

const MARKS: Record<Part['state'], string> = { found: '✓', limited: '!', missing: '✗' };

export const doctor: Command = {
  name: 'doctor',
  synopsis: '',
  summary: 'Say what was found on this machine, and what to do about what was not.',
  options: {},
  async run({ host, dataDir, isJson }) {
    const parts = await examine(host, dataDir, host.listenForStop());
    const missing = parts.filter(({ state }) => state === 'missing').length;
    if (isJson) printJson(host, { parts, isComplete: missing === 0 });
    else printLines(host, [...describe(parts), '', missing === 0 ? 'Everything needed is there.' : `${String(missing)} needed ${missing === 1 ? 'part is' : 'parts are'} missing.`]);
    return missing === 0 ? EXIT.done : EXIT.failed;
  },
};

function describe(parts: readonly Part[]): string[] {
  const width = Math.max(...parts.map(({ name }) => name.length));
  return parts.flatMap(({ name, state, version, path, from, cure }) => [
    `${MARKS[state]} ${name.padEnd(width)}  ${clean([version, path, `(${from})`].filter((part) => part !== null).join('  '))}`,
    ...(cure === null ? [] : [`  ${''.padEnd(width)}  ${clean(cure)}`]),
  ]);
}
