/** Speech to text: cut in pauses, hear window by window, write subtitles and text. */
import { stat } from 'node:fs/promises';
import { homedir, totalmem } from 'node:os';
import { TaskError } from '../../../../shared/errors.ts';
import { transcribeOptions, type TranscribeOptions } from '../../../../shared/options.ts';
import { systemClock, type Clock } from '../../clock.ts';
import { displayName } from '../../media/display-name.ts';
import { probeMedia } from '../../media/ffprobe.ts';
import type { MediaInfo } from '../../media/media-info.ts';
import { verifyModel } from '../../media/model-sums.ts';
import { BYTES_PER_SAMPLE } from '../../media/pcm-timeline.ts';
import type { WhisperSetup } from '../../media/whisper.ts';
import { documentOf } from '../../transcripts/document.ts';
import type { Draft, Handler } from '../handler.ts';
import { checkFiles } from './check.ts';
import { hearMissing } from './hear.ts';
import { decode, makePlan, pcmPath, sourceIdentity, type Machine, type TranscribeContext } from './make-plan.ts';
import { isComplete, part, plan, type Part, type Plan } from './plan.ts';
import { assemble, writeFiles } from './write.ts';

/** The handler for a machine with so much memory and such folders. */
export function createHandler(machine: Machine, clock: Clock): Handler<TranscribeOptions, Plan, Part> {
  return {
    type: 'transcribe',
    options: transcribeOptions,
    plan,
    part,
    perform: (context) => perform(context, machine, clock),
    check: checkFiles,
  };
}

export const handler = createHandler(
  {
    memoryBytes: totalmem(),
    surroundings: ({ tools }) => ({ env: process.env, platform: process.platform, homeDir: homedir(), modelsDir: tools.modelsDir, bundledModelsDir: tools.bundledModelsDir }),
  },
  systemClock,
);

async function perform(context: TranscribeContext, machine: Machine, clock: Clock): Promise<readonly Draft[]> {
  const [input] = context.task.inputs;
  if (input === undefined) throw new TaskError('INPUT_MISSING', 'The task names no file. Add it again.');
  const { whisperCliPath } = context.tools;
  if (whisperCliPath === null) throw new TaskError('TOOL_MISSING', 'whisper-cli was not found. Run the set-up (`npm run setup`), or see what `longhaul doctor` says.');
  const info = await probeMedia(input, { ffprobePath: context.tools.ffprobePath, signal: context.signal });
  const stored = await usablePlan(context, info);
  const isReady = stored !== undefined && (isComplete(stored, context.checkpoint.parts) || (await hasSamples(context, info, stored)));
  const current = isReady ? stored : await makePlan(context, info, whisperCliPath, machine);
  const setup: WhisperSetup = {
    whisperCliPath,
    model: current.model,
    language: current.language,
    translate: current.translate,
    threads: current.threads,
    dir: context.workDir,
    signal: context.signal,
  };
  if (!isComplete(current, context.checkpoint.parts)) await hearMissing(context, current, setup, clock);
  if (!hasWords(context)) context.warn(`No speech was found in ${displayName(input)}; the transcript is empty.`);
  const drafts = await writeFiles(context, current);
  // With all words, whatever the files hold: this is what is shown, edited and exported.
  await context.keepDocument(documentOf(assemble(context, current)));
  return drafts;
}

/** The stored plan, if the file and the model are still those that it was made for. */
async function usablePlan(context: TranscribeContext, info: MediaInfo): Promise<Plan | undefined> {
  const stored = context.checkpoint.plan;
  if (stored === undefined) return undefined;
  const source = await sourceIdentity(info.path);
  if (source.sizeBytes !== stored.source.sizeBytes || source.modifiedMs !== stored.source.modifiedMs) {
    context.warn(`${displayName(info.path)} was changed since its transcription began; it was started over.`);
    return undefined;
  }
  const model = await stat(stored.model.path).catch(() => undefined);
  if (model?.size !== stored.model.sizeBytes) {
    context.warn(`The model ${stored.model.name} is not there any more; the transcription was started over with another.`);
    return undefined;
  }
  await verifyModel(stored.model.path, context.tools, context.signal);
  return stored;
}

/**
 * Decodes again when the samples are gone. They were synced before the plan was stored, so their size tells. False: this FFmpeg
 * decodes the file to another length than the one that the plan was made with.
 */
async function hasSamples(context: TranscribeContext, info: MediaInfo, stored: Plan): Promise<boolean> {
  const found = await stat(pcmPath(context)).catch(() => undefined);
  if (found?.size === stored.samples * BYTES_PER_SAMPLE) return true;
  const { samples, offsetSamples } = await decode(context, info);
  return samples === stored.samples && offsetSamples === stored.offsetSamples;
}

function hasWords(context: TranscribeContext): boolean {
  return [...context.checkpoint.parts.values()].some(({ segments }) => segments.length > 0);
}
