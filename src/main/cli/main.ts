/** From the words of a command line to an exit code. */
import { didYouMean } from '../../shared/nearest.ts';
import { COMMON_OPTIONS, parseArguments, splitCommand } from './arguments.ts';
import { EXIT, printLines, type Command } from './command.ts';
import { reportFailure } from './failure.ts';
import { commandHelp, overview } from './help.ts';
import { dataDirOf, type Host } from './host.ts';
import { usage } from './values.ts';

/** Runs one command line. Never throws. */
export async function runCli(args: readonly string[], host: Host, commands: readonly Command[]): Promise<number> {
  try {
    return await dispatch(args, host, commands);
  } catch (error) {
    return reportFailure(host, args.includes('--json'), error);
  }
}

async function dispatch(args: readonly string[], host: Host, commands: readonly Command[]): Promise<number> {
  const { name, rest } = splitCommand(args);
  if (name === null) return withoutCommand(rest, host, commands);
  if (name === 'help') return help(rest, host, commands);
  const command = find(name, commands);
  const { positionals, options } = parseArguments(rest, command.options);
  if (options.has('help')) {
    printLines(host, commandHelp(command));
    return EXIT.done;
  }
  return command.run({ host, positionals, options, dataDir: dataDirOf(host, options.last('data')), isJson: options.has('json') });
}

function withoutCommand(args: readonly string[], host: Host, commands: readonly Command[]): number {
  const { options } = parseArguments(args, { ...COMMON_OPTIONS, version: { help: 'print the version' } });
  if (options.has('version')) {
    printLines(host, [host.version]);
    return EXIT.done;
  }
  if (!options.has('help')) throw usage('Say what to do, for example `longhaul do FILE --recipe transcript`. `longhaul help` lists the commands.');
  printLines(host, overview(commands));
  return EXIT.done;
}

function help(args: readonly string[], host: Host, commands: readonly Command[]): number {
  const { positionals } = parseArguments(args, {});
  const [topic] = positionals;
  printLines(host, topic === undefined ? overview(commands) : commandHelp(find(topic, commands)));
  return EXIT.done;
}

function find(name: string, commands: readonly Command[]): Command {
  const found = commands.find((command) => command.name === name);
  if (found === undefined) throw usage(`There is no command "${name}". ${didYouMean(name, commands.map((command) => command.name))}`);
  return found;
}
