import { describe, expect, it } from 'vitest';
import { TaskError } from '../../shared/errors.ts';
import { COMMANDS } from './commands.ts';
import type { Call, Command } from './command.ts';
import { runCli } from './main.ts';
import { testHost } from './test-host.ts';

function command(run: (call: Call) => Promise<number>): Command {
  return { name: 'greet', synopsis: 'NAME', summary: 'Greets.', options: { loud: { help: 'shout' }, to: { value: 'WHO', help: 'whom' } }, run };
}

describe('runCli', () => {
  it('gives a command its names, options and data folder, and returns its exit code', async () => {
    const calls: Call[] = [];
    const code = await runCli(['--data', 'd', 'greet', 'you', '--loud', '--to=me'], testHost(), [command((call) => { calls.push(call); return Promise.resolve(7); })]);
    expect(code).toBe(7);
    expect(calls[0]).toMatchObject({ positionals: ['you'], dataDir: '/somewhere/d', isJson: false });
    expect(calls[0]?.options.last('to')).toBe('me');
  });

  it.each([
    ['STORE_OWNED', 3], ['USAGE', 2], ['OPTION_INVALID', 2], ['RECIPE_UNKNOWN', 2], ['TASK_UNKNOWN', 2], ['INPUT_MISSING', 2], ['DISK_FULL', 1], ['TOOL_MISSING', 1],
  ] as const)('turns a thrown %s into exit code %d, with one sentence on stderr', async (errorCode, code) => {
    const host = testHost();
    const failing = command(() => Promise.reject(new TaskError(errorCode, 'It\nfailed.')));
    expect(await runCli(['greet'], host, [failing])).toBe(code);
    expect([host.out.text, host.err.text]).toEqual(['', 'longhaul: It␊failed.\n']);
  });

  it('prints a failure as JSON on stdout with --json, also when the command line itself is wrong', async () => {
    const host = testHost();
    expect(await runCli(['greet', '--json', '--lod'], host, [command(() => Promise.resolve(0))])).toBe(2);
    expect(JSON.parse(host.out.text)).toEqual({ error: { code: 'USAGE', message: 'There is no option --lod. Did you mean --loud?' } });
    expect(host.err.text).toBe('');
  });

  it('offers the nearest command', async () => {
    const host = testHost();
    expect(await runCli(['lits'], host, COMMANDS)).toBe(2);
    expect(host.err.text).toContain('Did you mean list?');
  });

  it('prints the version and help, and asks for a command where none is given', async () => {
    for (const [args, text, code] of [
      [['--version'], '1.2.3', 0], [['--help'], 'Usage: longhaul COMMAND', 0], [['help'], 'Usage: longhaul COMMAND', 0],
      [['help', 'add'], 'Usage: longhaul add FILE…', 0], [['add', '-h'], '--priority P', 0], [[], 'Say what to do', 2], [['help', 'ad'], 'Did you mean add', 2],
    ] as const) {
      const host = testHost();
      expect(await runCli(args, host, COMMANDS)).toBe(code);
      expect(host.out.text + host.err.text).toContain(text);
    }
  });

  it('describes every command and each of its options', async () => {
    for (const { name, options, summary } of COMMANDS) {
      const host = testHost();
      await runCli(['help', name], host, COMMANDS);
      for (const part of [summary, ...Object.keys(options).map((option) => `--${option}`)]) expect(host.out.text).toContain(part);
    }
  });
});
