/** What an intake would do with which file: plain values in, plain values out. */
import { chainTasks, groupNamer } from '../../../shared/chain-plan.ts';
import type { InspectedFile, NewTask } from '../../../shared/contract.ts';
import type { Chain } from '../../../shared/recipe.ts';
import type { FileKind } from '../../../shared/settings.ts';
import type { Estimate } from '../../../shared/task.ts';

/** What was chosen for all files of a kind, and for single ones. */
export interface Choices {
  readonly byKind: Readonly<Partial<Record<FileKind, readonly string[]>>>;
  readonly byPath: ReadonlyMap<string, readonly string[]>;
}

/** The recipes for a file. A choice for its kind counts as far as they can do something with it. */
export function recipesFor(file: InspectedFile, { byKind, byPath }: Choices): readonly string[] {
  if (file.problem !== null || file.kind === 'other') return [];
  const own = byPath.get(file.path);
  if (own !== undefined) return own;
  const usable = byKind[file.kind]?.filter((name) => file.recipes.includes(name)) ?? [];
  return usable.length > 0 ? usable : file.recipes.slice(0, 1);
}

/** The kinds of files that can be worked on, in the order of their names. */
export function kindsOf(files: readonly InspectedFile[]): FileKind[] {
  const kinds = new Set<FileKind>();
  for (const { kind, problem } of files) if (problem === null && kind !== 'other') kinds.add(kind);
  return [...kinds].sort().reverse();
}

/** Every recipe that a file of the kind can take, the suggested one first. */
export function recipesOfKind(files: readonly InspectedFile[], kind: FileKind): string[] {
  const names = new Set<string>();
  for (const file of files) if (file.kind === kind) for (const name of file.recipes) names.add(name);
  return [...names];
}

/** New files behind those that are there already; a path counts once. */
export function mergeFiles(present: readonly InspectedFile[], added: readonly InspectedFile[]): InspectedFile[] {
  const byPath = new Map(present.map((file) => [file.path, file]));
  for (const file of added) byPath.set(file.path, file);
  return [...byPath.values()];
}

/** A chain as it is to be done: its steps perhaps changed. */
export type PlannedChain = Pick<Chain, 'name' | 'chain' | 'onFailure'>;

/** What is to be added, file by file and recipe by recipe: one task each, or those of a chain's steps, which name each other by keys. */
export function workOf(files: readonly InspectedFile[], choices: Choices, outputDir: string | null, chains: readonly PlannedChain[] = []): NewTask[][] {
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const nameOf = groupNamer();
  return files.flatMap((file, place) => recipesFor(file, choices).map((recipe): NewTask[] => {
    const chain = byName.get(recipe);
    if (chain === undefined) return [{ input: file.path, recipe, outputDir }];
    return chainTasks(chain, chain.chain, { input: file.path, outputDir }, { prefix: `${place}/${recipe}`, groupName: nameOf(file.path) });
  }));
}

/** The tasks to add. */
export function tasksOf(files: readonly InspectedFile[], choices: Choices, outputDir: string | null, chains: readonly PlannedChain[] = []): NewTask[] {
  return workOf(files, choices, outputDir, chains).flat();
}

/** Parts of at most so many tasks; a chain stays whole. */
export function batchesOf(work: readonly (readonly NewTask[])[], most: number): NewTask[][] {
  const batches: NewTask[][] = [[]];
  for (const tasks of work) {
    const last = batches.at(-1);
    if (last !== undefined && last.length + tasks.length <= most) last.push(...tasks);
    else batches.push([...tasks]);
  }
  return batches.filter(({ length }) => length > 0);
}

/** What a start leaves to be looked at: files that came after it was handed in, and files with a problem that nobody had seen when it was wished for. */
export function unfinished(files: readonly InspectedFile[], handedIn: readonly InspectedFile[], seen: readonly InspectedFile[]): InspectedFile[] {
  const handedInPaths = new Set(handedIn.map(({ path }) => path));
  const seenPaths = new Set(seen.map(({ path }) => path));
  return files.filter(({ path, problem }) => !(problem === null ? handedInPaths : seenPaths).has(path));
}

/** How long it all takes. known of total tell something. */
export interface TotalEstimate {
  readonly seconds: number;
  readonly known: number;
  readonly total: number;
}

export function estimateKey(path: string, recipe: string): string {
  return `${recipe}\n${path}`;
}

export function totalEstimate(files: readonly InspectedFile[], choices: Choices, estimates: ReadonlyMap<string, EstimateAnswer>): TotalEstimate {
  let [seconds, known, total] = [0, 0, 0];
  for (const file of files) {
    for (const recipe of recipesFor(file, choices)) {
      const answer = estimates.get(estimateKey(file.path, recipe));
      total += 1;
      if (answer === undefined || answer.estimate === null) continue;
      known += 1;
      seconds += answer.estimate.seconds;
    }
  }
  return { seconds, known, total };
}

/** What the engine said of a file and a recipe. */
export interface EstimateAnswer {
  readonly estimate: Estimate | null;
  readonly problem: InspectedFile['problem'];
}

/** Absolute paths and file: addresses in pasted text, one a line; empty when the text is something else. */
export function pathsInText(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/^(["'])(.*)\1$/, '$2')).filter((line) => line !== '' && !line.startsWith('#'));
  const paths = lines.map(pathOf);
  return paths.every((path) => path !== null) ? paths : [];
}

function pathOf(line: string): string | null {
  if (/^file:\/\//i.test(line)) {
    if (!URL.canParse(line)) return null;
    const { pathname, host } = new URL(line);
    const path = decodeURIComponent(pathname);
    if (host !== '') return `\\\\${host}${path.replaceAll('/', '\\')}`;
    return /^\/[a-z]:/i.test(path) ? path.slice(1).replaceAll('/', '\\') : path;
  }
  return /^(\/[^/]|~[/\\]|[a-z]:[\\/]|\\\\[^\\])/i.test(line) ? line : null;
}
