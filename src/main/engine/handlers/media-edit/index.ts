/** Edits that copy streams instead of encoding them (another container, a piece, several files in one, tracks out and in), and films from and to pictures. */
import { resolve } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import { mediaEditOptions, type MediaEditOptions } from '../../../../shared/media-options.ts';
import { displayName } from '../../media/display-name.ts';
import { estimateTask } from '../estimate.ts';
import { openFilmSource, requireUnchanged, type FilmSource } from '../film-source.ts';
import type { Handler } from '../handler.ts';
import { adviseOnSpace } from '../work-folder.ts';
import { checkEdit } from './edit-check.ts';
import { join } from './join.ts';
import { fromPictures } from './pictures-in.ts';
import { toPictures } from './pictures-out.ts';
import { remux } from './remux.ts';
import { addSubtitles, extractAudio, extractSubtitles } from './tracks.ts';
import { trim } from './trim.ts';
import { editPart, editPlan, type EditContext, type Edited, type EditPart, type EditPlan } from './work.ts';

const results = new WeakMap<EditContext, Edited>();

const ACTIONS: Readonly<Record<Exclude<MediaEditOptions['action'], 'fromPictures'>, (context: EditContext, source: FilmSource) => Promise<Edited>>> = {
  remux, trim, join, audio: extractAudio, subtitles: extractSubtitles, addSubtitles, toPictures,
};

export const handler: Handler<MediaEditOptions, EditPlan, EditPart> = {
  type: 'media_edit',
  options: mediaEditOptions,
  plan: editPlan,
  part: editPart,
  async perform(context) {
    const { action } = context.task.options;
    const edited = action === 'fromPictures' ? await fromPictures(context) : await editFile(context, action);
    refuseFurtherFiles(context, edited.draft.fileName);
    results.set(context, edited);
    return [edited.draft, ...(edited.further ?? [])];
  },
  async check(drafts, context) {
    const edited = results.get(context);
    if (edited === undefined || drafts.length !== 1 + (edited.further?.length ?? 0)) throw new TaskError('INTERNAL', 'The check was asked for before the work. Retry the task; if it happens again, report it.');
    if (edited.expected !== null) await checkEdit(edited.expected, context);
  },
};

async function editFile(context: EditContext, action: keyof typeof ACTIONS): Promise<Edited> {
  const source = await openFilmSource(context);
  const estimate = estimateTask({ type: 'media_edit', options: context.task.options, media: source.media, pace: context.pace });
  context.estimate(estimate);
  await adviseOnSpace(context, estimate.tempBytes);
  const edited = await ACTIONS[action](context, source);
  await requireUnchanged(source);
  return edited;
}

/** The engine keeps results from replacing a task's input; the further files of an option it does not know. */
function refuseFurtherFiles({ task, outputDir }: EditContext, fileName: string): void {
  const target = resolve(outputDir, fileName);
  if (task.options.overwrite && task.options.files.some((file) => resolve(file) === target)) {
    throw new TaskError('OUTPUT_IS_INPUT', `The result would replace ${displayName(target)}, which it is made from. Choose another folder for results, or leave overwrite off.`);
  }
}
