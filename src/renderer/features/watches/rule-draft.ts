/** A rule while somebody fills in its form: every field as its control has it. */
import type { NewWatchRule, WatchLook, WatchRule } from '../../../shared/watch-contract.ts';

export interface RuleDraft {
  readonly name: string;
  readonly folder: string;
  readonly isRecursive: boolean;
  /** Patterns with commas between. */
  readonly include: string;
  readonly exclude: string;
  readonly recipe: string;
  readonly place: 'beside' | 'folder' | 'mirror';
  readonly outputPath: string;
  readonly after: 'leave' | 'move' | 'delete';
  readonly afterFolder: string;
  readonly priority: number;
  readonly look: WatchLook;
  readonly settleSeconds: number;
}

/** An empty form, or that of a rule. */
export function draftOf(rule: WatchRule | null, recipe: string): RuleDraft {
  if (rule === null) {
    return { name: '', folder: '', isRecursive: true, include: '', exclude: '', recipe, place: 'beside', outputPath: '', after: 'leave', afterFolder: '', priority: 5, look: 'auto', settleSeconds: 2 };
  }
  const { name, folder, isRecursive, include, exclude, output, after, priority, look, settleSeconds } = rule;
  return {
    name, folder, isRecursive, include: include.join(', '), exclude: exclude.join(', '), recipe: rule.recipe, place: output.place, outputPath: output.place === 'beside' ? '' : output.path,
    after: after.kind, afterFolder: after.kind === 'move' ? after.folder : '', priority, look, settleSeconds,
  };
}

/** What is missing to make a rule of it. */
export function missingIn({ name, folder, recipe, place, outputPath, after, afterFolder }: RuleDraft): readonly ('name' | 'folder' | 'recipe' | 'outputPath' | 'afterFolder')[] {
  const fields = [['name', name], ['folder', folder], ['recipe', recipe], ...(place === 'beside' ? [] : [['outputPath', outputPath] as const]), ...(after === 'move' ? [['afterFolder', afterFolder] as const] : [])] as const;
  return fields.filter(([, value]) => value.trim() === '').map(([field]) => field);
}

/** As the engine takes it. Options of a recipe that was changed belong to the one before. */
export function wishOf(draft: RuleDraft, before: WatchRule | null): NewWatchRule {
  const { name, folder, isRecursive, recipe, place, outputPath, after, afterFolder, priority, look, settleSeconds } = draft;
  return {
    name: name.trim(), folder: folder.trim(), isRecursive, include: patterns(draft.include), exclude: patterns(draft.exclude), recipe, priority, look, settleSeconds,
    set: before?.recipe === recipe ? before.set : {},
    output: place === 'beside' ? { place } : { place, path: outputPath.trim() },
    after: after === 'move' ? { kind: after, folder: afterFolder.trim() } : { kind: after },
  };
}

/** Commas within braces belong to a pattern. */
function patterns(text: string): string[] {
  return text.split(/,(?![^{]*\})/).map((one) => one.trim()).filter((one) => one !== '');
}
