/** `longhaul recipes`: what can be made of a file, with which options and commands, and the user's own recipes. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { optionsOf } from '../../../shared/option-choices.ts';
import { PURPOSES, purpose, recipe as recipeSchema } from '../../../shared/recipe.ts';
import type { ListedChain, ListedRecipe } from '../../../shared/recipe-contract.ts';
import { EXIT, printJson, printLines, type Call, type Command } from '../command.ts';
import { withSession, type Session } from '../session.ts';
import { renderTable } from '../terminal/table.ts';
import { clean } from '../terminal/text.ts';
import { locateForWork } from '../tools.ts';
import { parseNames, parseSettings, usage } from '../values.ts';
import { commandLines } from './recipe-commands.ts';
import { chainLines, recipeLines } from './recipe-text.ts';

type Api = Session['api'];
type Act = (call: Call, api: Api, names: readonly string[]) => Promise<void>;

const ACTIONS: Readonly<Record<string, Act>> = { list, show, copy, edit, remove, export: write, import: read };

export const recipes: Command = {
  name: 'recipes',
  synopsis: '[list | show NAME… [--input FILE] | copy FROM NAME --set KEY=VALUE | edit NAME --set KEY=VALUE | remove NAME | export NAME [--to FILE] | import FILE]',
  summary: 'List the recipes; show the options of one and the commands it makes for a file; make recipes of your own.',
  options: {
    'purpose': { value: 'P', help: `list: only those for ${PURPOSES.join(', ')}` },
    'input': { value: 'FILE', help: 'show: also the commands that the recipe makes for this file, with --set as for a task' },
    'set': { value: 'KEY=VALUE', isRepeatable: true, help: 'copy, edit: change an option' },
    'title': { value: 'TEXT', help: 'copy, edit: what the recipe is called' },
    'description': { value: 'TEXT', help: 'copy, edit: one sentence for whoever has to choose' },
    'for': { value: 'P', help: 'copy, edit: its purpose' },
    'suffix': { value: '.TEXT', help: "copy, edit: what goes between the file's name and the ending" },
    'to': { value: 'FILE', help: 'export: where to; without it the recipe is printed' },
    'replace': { help: 'import: in the place of the own recipe of that name' },
  },
  notes: ['Your own recipes are files in the folder recipes of the data folder. Tasks keep their options: changing or removing a recipe changes no accepted work.'],
  async run(call) {
    const [first = 'list', ...rest] = call.positionals;
    const action = Object.entries(ACTIONS).find(([name]) => name === first)?.[1];
    // A name alone shows that recipe.
    const [act, names] = action === undefined ? [show, call.positionals] : [action, rest];
    const tools = act === show && call.options.has('input') ? () => locateForWork(call.host, call.dataDir, call.host.listenForStop()) : null;
    return withSession({ host: call.host, dataDir: call.dataDir, tools, isSelective: true }, async ({ api }) => {
      await act(call, api, names);
      return EXIT.done;
    });
  },
};

async function list({ host, isJson, options }: Call, api: Api): Promise<void> {
  const { recipes: all, chains, refused } = await api.listRecipes({});
  const wanted = options.has('purpose') ? parseNames('purpose', options.all('purpose'), PURPOSES) : PURPOSES;
  const [shown, shownChains] = [all.filter((one) => wanted.includes(one.purpose)), chains.filter((one) => wanted.includes(one.purpose))];
  if (isJson) return printJson(host, { recipes: shown.map(withChoices), chains: shownChains, refused });
  const rows = wanted.flatMap((one) => [...shown, ...shownChains].filter((recipe) => recipe.purpose === one).map(({ name, description, isOwn, ...rest }) => [one, `${name}${isOwn ? ' *' : ''}`, `${'chain' in rest ? 'Chain: ' : ''}${description.en}`]));
  printLines(host, renderTable([{ title: 'FOR' }, { title: 'RECIPE' }, { title: 'WHAT IT MAKES' }], rows, host.out.columns()));
  if (rows.some(([, name]) => name?.endsWith('*') === true)) printLines(host, ['', '* your own']);
  for (const { file, problem } of refused) host.err.write(`longhaul: the recipe file ${clean(file)} can't be used. ${clean(problem)}\n`);
}

async function show({ host, isJson, options }: Call, api: Api, names: readonly string[]): Promise<void> {
  if (names.length === 0) throw usage('Say which recipe: longhaul recipes show NAME.');
  const { recipes: all, chains } = await api.listRecipes({});
  const chosen = names.map((name) => find(name, [...all, ...chains]));
  const input = options.last('input');
  const made = input === undefined ? [] : await Promise.all(chosen.map((one) => commandsOf(one, { api, path: resolve(host.workingDir, input), set: parseSettings(options.all('set')) })));
  if (isJson) {
    const isSingle = (one: ListedRecipe | ListedChain): one is ListedRecipe => !('chain' in one);
    return printJson(host, { recipes: chosen.filter(isSingle).map(withChoices), chains: chosen.filter((one) => !isSingle(one)), ...(input === undefined ? {} : { commands: made }) });
  }
  printLines(host, chosen.flatMap((one, index) => [...('chain' in one ? chainLines(one) : recipeLines(one)), ...commandLines(made[index])]));
}

async function commandsOf(one: ListedRecipe | ListedChain, { api, path, set }: { api: Api; path: string; set: Record<string, string> }) {
  if ('chain' in one) throw usage(`${one.name} is a chain: its later steps work on files that are not there yet. Show the recipe of a step.`);
  return { recipe: one.name, ...(await api.getCommands({ recipe: one.name, set, path })) };
}

async function copy(call: Call, api: Api, [from, name, more]: readonly string[]): Promise<void> {
  if (from === undefined || name === undefined || more !== undefined) throw usage('Say which recipe, and what the new one is called: longhaul recipes copy FROM NAME --set KEY=VALUE.');
  say(call, await api.copyRecipe({ from, name, ...changes(call) }), 'made');
}

async function edit(call: Call, api: Api, names: readonly string[]): Promise<void> {
  const wanted = changes(call);
  if (Object.keys(wanted).length === 1 && Object.keys(wanted.set).length === 0) throw usage('Say what is to change: --set, --title, --description, --for or --suffix.');
  say(call, await api.changeRecipe({ name: only(names, 'edit'), ...wanted }), 'changed');
}

async function remove({ host, isJson }: Call, api: Api, names: readonly string[]): Promise<void> {
  const name = only(names, 'remove');
  await api.removeRecipe({ name });
  if (isJson) printJson(host, { removed: name });
  else printLines(host, [`Removed: ${name}. Tasks that were added with it stay as they are.`]);
}

async function write({ host, isJson, options }: Call, api: Api, names: readonly string[]): Promise<void> {
  const { text } = await api.exportRecipe({ name: only(names, 'export') });
  const to = options.last('to');
  if (to === undefined) return void host.out.write(text);
  const path = resolve(host.workingDir, to);
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw new TaskError('OUTPUT_NOT_WRITABLE', `${path} can't be written, or is there already. Choose another name.`, { cause });
  }
  if (isJson) printJson(host, { path });
  else printLines(host, [path]);
}

async function read(call: Call, api: Api, names: readonly string[]): Promise<void> {
  const path = resolve(call.host.workingDir, only(names, 'import'));
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TaskError('INPUT_UNREADABLE', `${path} can't be read. Check its name and permissions.`, { cause });
  });
  say(call, await api.importRecipe({ text, replace: call.options.has('replace') }), `taken from ${basename(path)}`);
}

function say({ host, isJson }: Call, made: { name: string; version: number }, how: string): void {
  if (isJson) printJson(host, made);
  else printLines(host, [`${made.name} (version ${String(made.version)}) ${how}.`]);
}

function changes({ options }: Call) {
  const [title, description, target, suffix] = [options.last('title'), options.last('description'), options.last('for'), options.last('suffix')];
  return {
    set: parseSettings(options.all('set')),
    ...(title === undefined ? {} : { title: { en: title, zh: title } }), ...(description === undefined ? {} : { description: { en: description, zh: description } }),
    ...(target === undefined ? {} : { purpose: purpose.parse(parseNames('purpose', [target], PURPOSES)[0]) }),
    ...(suffix === undefined ? {} : { suffix: suffixOf(suffix) }),
  };
}

function suffixOf(text: string): string {
  const parsed = recipeSchema.shape.suffix.safeParse(text);
  if (!parsed.success) throw usage(`--suffix ${parsed.error.issues[0]?.message ?? 'is wrong'}.`);
  return parsed.data;
}

function only([name, more]: readonly string[], action: string): string {
  if (name === undefined || more !== undefined) throw usage(`recipes ${action} takes one ${action === 'import' ? 'file' : 'name'}.`);
  return name;
}

function withChoices(recipe: ListedRecipe) {
  return { ...recipe, choices: optionsOf(recipe) };
}

function find<One extends { readonly name: string }>(name: string, all: readonly One[]): One {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new TaskError('RECIPE_UNKNOWN', `There is no recipe "${name}". ${didYouMean(name, all.map((one) => one.name))}`);
  return found;
}
