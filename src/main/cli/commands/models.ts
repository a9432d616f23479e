/** `longhaul models`: the Whisper models on this machine, more of them, fewer of them, and which one is used. */
import { totalmem } from 'node:os';
import { TaskError } from '../../../shared/errors.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { addModel, CATALOGUE, chooseModel, removeModel, scanModels, type FoundModel } from '../../engine/index.ts';
import { EXIT, printJson, printLines, type Call, type Command } from '../command.ts';
import type { Host } from '../host.ts';
import { withSession } from '../session.ts';
import { bar } from '../terminal/bar.ts';
import { formatBytes } from '../terminal/format.ts';
import { LiveRegion } from '../terminal/live-region.ts';
import { renderTable } from '../terminal/table.ts';
import { clean } from '../terminal/text.ts';
import { modelSurroundings } from '../tools.ts';
import { usage } from '../values.ts';

const ACTIONS = { list: listModels, add: addOne, remove: removeOne, use: useOne } as const;
const ACTION_NAMES = Object.keys(ACTIONS);

export const models: Command = {
  name: 'models',
  synopsis: '[list | add NAME | remove NAME | use NAME]',
  summary: 'The Whisper models that transcripts are made with.',
  options: {},
  notes: [
    '`use auto` goes back to the best model on the machine. A task takes another one with --set model=NAME.',
    'Can be added:', ...CATALOGUE.map(({ name, megabytes }) => `  ${name.padEnd(20)} ${formatBytes(megabytes * 1e6)}`),
  ],
  async run(call) {
    const [action = 'list', ...rest] = call.positionals;
    const found = Object.entries(ACTIONS).find(([name]) => name === action);
    if (found === undefined) throw usage(`models can't ${action}. ${didYouMean(action, ACTION_NAMES)}`);
    const [name, more] = rest;
    if (more !== undefined || (action === 'list' && name !== undefined)) throw usage(`models ${action} takes ${action === 'list' ? 'no name' : 'one name'}.`);
    if (action !== 'list' && name === undefined) throw usage(`Say which model: longhaul models ${action} NAME. \`longhaul help models\` lists them.`);
    return found[1](call, name ?? '');
  },
};

/** The model that is used where neither a task nor `models use` names one. */
export function bestModel(found: readonly FoundModel[], preferred: string): FoundModel | null {
  try {
    return chooseModel(found, { language: 'auto', translate: false, model: preferred, memoryBytes: totalmem() }).model;
  } catch (error) {
    if (error instanceof TaskError) return null;
    throw error;
  }
}

async function listModels({ host, dataDir, isJson }: Call): Promise<number> {
  const found = await scanModels(modelSurroundings(host, dataDir));
  const preferred = await withSession({ host, dataDir, tools: null }, async ({ api }) => (await api.getSettings({})).settings['model'] ?? 'auto');
  const used = bestModel(found, preferred);
  if (isJson) printJson(host, { models: found, preferred, used: used?.name ?? null });
  else if (found.length === 0) printLines(host, ['No models. `longhaul models add small` adds one.']);
  else {
    const rows = found.map((model) => [model === used ? '*' : '', model.name, formatBytes(model.sizeBytes), model.isMultilingual ? 'many' : 'English', model.owner, model.path]);
    const columns = [{ title: ' ' }, { title: 'MODEL' }, { title: 'SIZE', side: 'right' }, { title: 'LANGUAGES' }, { title: 'FROM' }, { title: 'FILE', isFlexible: true }] as const;
    printLines(host, renderTable(columns, rows, host.out.columns()));
    printLines(host, [used === null ? `The chosen model ${clean(preferred)} is not among them: \`longhaul models use auto\`.` : `* is used${preferred === 'auto' ? ', as the best of them' : ', as chosen by `models use`'}.`]);
  }
  return EXIT.done;
}

async function addOne({ host, dataDir, isJson }: Call, name: string): Promise<number> {
  const signal = host.listenForStop();
  const progress = downloadProgress(host, isJson, name);
  const added = await addModel({ name, surroundings: modelSurroundings(host, dataDir), signal, onProgress: progress.show }).finally(progress.end).catch((error: unknown) => {
    if (signal.aborted) return null;
    throw error;
  });
  if (added === null) {
    if (!isJson) host.err.write(`Stopped; \`longhaul models add ${clean(name)}\` goes on from here.\n`);
    return EXIT.interrupted;
  }
  const path = added.kind === 'added' ? added.path : added.model.path;
  if (isJson) printJson(host, { kind: added.kind, path });
  else printLines(host, [added.kind === 'added' ? `Added: ${clean(path)}` : `It is there already: ${clean(path)}`]);
  return EXIT.done;
}

async function removeOne({ host, dataDir, isJson }: Call, name: string): Promise<number> {
  const path = await removeModel(name, modelSurroundings(host, dataDir));
  if (isJson) printJson(host, { removed: path });
  else printLines(host, [`Removed: ${clean(path)}`]);
  return EXIT.done;
}

async function useOne({ host, dataDir, isJson }: Call, name: string): Promise<number> {
  if (name !== 'auto') {
    const found = await scanModels(modelSurroundings(host, dataDir));
    chooseModel(found, { language: 'en', translate: false, model: name, memoryBytes: totalmem() });
  }
  await withSession({ host, dataDir, tools: null }, ({ api }) => api.setSetting({ name: 'model', value: name === 'auto' ? null : name }));
  if (isJson) printJson(host, { preferred: name });
  else printLines(host, [name === 'auto' ? 'Transcripts take the best model on the machine.' : `Transcripts take ${clean(name)}, unless a task names another.`]);
  return EXIT.done;
}

const BAR_WIDTH = 30;
/** Elsewhere than in a terminal there is a line for each tenth. */
const LOG_STEP = 0.1;

function downloadProgress({ err }: Host, isJson: boolean, name: string): { show: (doneBytes: number, totalBytes: number) => void; end: () => void } {
  if (isJson) return { show: () => undefined, end: () => undefined };
  const region = new LiveRegion(err);
  let told = 0;
  const show = (doneBytes: number, totalBytes: number): void => {
    const share = totalBytes === 0 ? 0 : doneBytes / totalBytes;
    const text = `${clean(name)}  ${bar(share * 100, BAR_WIDTH)} ${String(Math.floor(share * 100)).padStart(3)}%  ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
    if (err.isTerminal) region.draw([text]);
    else if (share >= told + LOG_STEP) {
      told = share;
      err.write(`${text}\n`);
    }
  };
  return { show, end: () => { region.close(); } };
}
