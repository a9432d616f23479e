/** Pictures, a turntable and figures of a 3D model. Each picture, and each batch of frames, is a checkpoint. */
import { copyFile, link, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelPreviewOptions, type ModelPreviewOptions, type ModelResult } from '../../../../shared/model-options.ts';
import { TaskError } from '../../../../shared/errors.ts';
import { inputSize } from '../../media/input-file.ts';
import { writeFilm } from '../../media/meshes-film.ts';
import { openModel } from '../../media/meshes.ts';
import { measure, stage } from '../../media/meshes-stage.ts';
import { identifySource, type SourceIdentity } from '../../media/source-identity.ts';
import { displayName } from '../../media/display-name.ts';
import { requireUnchanged } from '../film-source.ts';
import type { Draft, Handler } from '../handler.ts';
import { outputName } from '../output-name.ts';
import { softwareArguments } from '../video-convert/encoders.ts';
import { adviseOnSpace, clearWorkFolder } from '../work-folder.ts';
import { checkDrafts, type Expected } from './check.ts';
import { estimateModel, frameCount } from './estimate.ts';
import { figuresOf } from './facts.ts';
import { evenSide, makeParts, part, partOf, plan, stepsOf, type Context, type Part, type Plan, type Work } from './parts.ts';

const expectations = new WeakMap<Context, readonly Expected[]>();

export const handler: Handler<ModelPreviewOptions, Plan, Part> = {
  type: 'model_preview',
  options: modelPreviewOptions,
  plan,
  part,
  async perform(context) {
    const [path] = context.task.inputs;
    if (path === undefined) throw new TaskError('USAGE', 'The task has no input file. Add it again with one.');
    context.progress({ current: 0, total: 0, message: 'reading the model' });
    const { work, identity } = await openWork(context, path);
    await settlePlan(work, identity);
    await makeParts(work);
    await requireUnchanged({ path, identity });
    const expected = await writeDrafts(work);
    expectations.set(context, expected);
    return expected.map(({ draft }) => draft);
  },
  async check(drafts, context) {
    const expected = expectations.get(context);
    if (expected === undefined || drafts.length !== expected.length) throw new TaskError('INTERNAL', 'The check was asked for before the work. Retry the task; if it happens again, report it.');
    await checkDrafts(expected, context);
  },
};

async function openWork(context: Context, path: string): Promise<{ work: Work; identity: SourceIdentity }> {
  const { options } = context.task;
  await inputSize(path);
  // Before it is read, so that a change meanwhile is noticed.
  const identity = await identifySource(path);
  const model = await openModel(path, context.signal);
  for (const remark of model.remarks.slice(0, 5)) context.warn(remark);
  if (model.remarks.length > 5) context.warn(`${String(model.remarks.length - 5)} more things could not be taken; the data lists them all.`);
  const figures = figuresOf(path, model, measure(model), options.up);
  const estimate = estimateModel({ options, sizeBytes: identity.sizeBytes, triangles: figures.triangles });
  context.estimate(estimate);
  await adviseOnSpace(context, estimate.tempBytes);
  const staged = await stage(model, options.up, displayName(path), context.signal);
  const { Artist } = await import('../../media/meshes-artist.ts').catch((cause: unknown) => {
    throw new TaskError('TOOL_MISSING', 'The library for 3D models (three) can\'t be loaded on this system. Run the set-up again; see what `longhaul doctor` says.', { cause, details: String(cause) });
  });
  return { identity, work: { context, path, figures, artist: new Artist(staged, options, context.signal), steps: stepsOf(options) } };
}

/** overwrite decides where results go, not what they are. */
async function settlePlan({ context, steps, figures }: Work, source: SourceIdentity): Promise<void> {
  const { overwrite: _overwrite, ...how } = context.task.options;
  // Textures and buffers beside the model change the picture too: what was read of them is part of it as far as it shows.
  const now: Plan = { source, how: JSON.stringify([how, figures]) };
  const stored = context.checkpoint.plan;
  const isSame = stored !== undefined && JSON.stringify(stored) === JSON.stringify(now);
  if (stored !== undefined && !isSame) context.log('the pictures made so far are of no use, as the model or the options are others: starting over');
  if (!isSame) await context.checkpoint.savePlan(now, Math.max(1, steps.length));
  await clearWorkFolder(context.workDir, new Set([...context.checkpoint.parts.values()].flatMap(({ files }) => files.map(({ name }) => name))));
}

async function writeDrafts(work: Work): Promise<Expected[]> {
  const { context, steps } = work;
  const { format } = context.task.options;
  const made: Expected[] = [];
  for (const kind of ['still', 'sides'] as const) {
    if (!steps.some((step) => step.kind === kind)) continue;
    const { files, width, height } = partOf(work, kind);
    const draft = draftOf(work, kind, format);
    await place(join(context.workDir, files[0]?.name ?? ''), draft);
    made.push({ kind: 'picture', draft, format, width, height });
  }
  if (steps.some(({ kind }) => kind === 'frames')) made.push(await filmDraft(work));
  if (context.task.options.what.includes('data')) made.push(await dataDraft(work));
  return made;
}

async function filmDraft(work: Work): Promise<Expected> {
  const { context, path } = work;
  const { turntableFormat: format, framesPerSecond, turntableSize, quality } = context.task.options;
  const { ffmpegPath, threads } = context.tools;
  const draft = draftOf(work, 'turntable', format);
  const frames = frameCount(context.task.options);
  await writeFilm({
    ffmpegPath, folder: context.workDir, framesPerSecond, format, quality, encoderArguments: softwareArguments('h264', 'high', 'medium', threads), outputPath: draft.tempPath, inputPath: path, signal: context.signal,
    onFrame: (frame) => context.log(`turntable: ${String(frame)} of ${String(frames)} frames`),
  });
  return { kind: 'film', draft, format, side: evenSide(turntableSize), frames, framesPerSecond };
}

async function dataDraft(work: Work): Promise<Expected> {
  const draft = draftOf(work, 'data', 'json');
  const text = `${JSON.stringify(work.figures, null, 2)}\n`;
  await writeFile(draft.tempPath, text);
  return { kind: 'data', draft, text };
}

/** With its own word where there are several, or the recipe gives none. */
function draftOf({ context, path }: Work, kind: ModelResult, extension: string): Draft {
  const { suffix, options } = context.task;
  const isAlone = new Set(options.what).size === 1 && suffix !== '';
  return context.draft(outputName(path, isAlone ? suffix : `${suffix}.${kind}`, extension));
}

/** The same file by a second name where its disk is the same: a part is never written to again. */
async function place(from: string, { tempPath }: Draft): Promise<void> {
  await link(from, tempPath).catch(() => copyFile(from, tempPath));
}
