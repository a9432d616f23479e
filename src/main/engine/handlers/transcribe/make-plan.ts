/** Everything before the first window: choose the model, decode the audio, find speech, cut it, settle the language. */
import { rm, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import type { TranscribeOptions } from '../../../../shared/options.ts';
import { displayName } from '../../media/display-name.ts';
import { audioStreams, type MediaInfo } from '../../media/media-info.ts';
import type { ModelSurroundings } from '../../media/model-folders.ts';
import { verifyModel } from '../../media/model-sums.ts';
import { chooseModel, describeModel, scanModels, type FoundModel } from '../../media/models.ts';
import { decodeAudio, type DecodedAudio } from '../../media/pcm-decode.ts';
import { SAMPLE_RATE } from '../../media/pcm-timeline.ts';
import { writeWav } from '../../media/pcm-wav.ts';
import { findSpeech, type FrameSpan } from '../../media/silence.ts';
import { cutWindows, spanSeconds, windowSpan } from '../../media/speech-windows.ts';
import { detectLanguages, type WhisperSetup } from '../../media/whisper.ts';
import { WHISPER_LANGUAGES } from '../../media/whisper-languages.ts';
import { didYouMean } from '../../../../shared/nearest.ts';
import type { AttemptContext } from '../handler.ts';
import { estimateTranscription } from './estimate.ts';
import type { Part, Plan } from './plan.ts';

export type TranscribeContext = AttemptContext<TranscribeOptions, Plan, Part>;

/** What the machine gives: passed in, so that tests can ask about another one. */
export interface Machine {
  readonly memoryBytes: number;
  surroundings(context: TranscribeContext): ModelSurroundings;
}

/** The file with the decoded samples; made again when it is gone. */
export function pcmPath(context: TranscribeContext): string {
  return join(context.workDir, 'audio.s16');
}

/** Windows that vote on the language: one may be a quotation, a song or a title. */
const LANGUAGE_VOTES = 3;

/** Makes the plan anew and stores it. */
export async function makePlan(context: TranscribeContext, info: MediaInfo, whisperCliPath: string, machine: Machine): Promise<Plan> {
  const { options } = context.task;
  requireLanguage(options.language);
  requireAudio(info, options.audioTrack);
  const model = await pickModel(context, machine);
  const { threads } = context.tools;
  context.log(`Model ${model.name} (${model.path}), ${threads} threads.`);
  context.estimate(estimateTranscription({ durationSeconds: info.durationSeconds, model, threads, pace: context.pace }));
  const decoded = await decode(context, info);
  const windows = cutWindows(findSpeech(decoded.levels), decoded.levels);
  const setup: WhisperSetup = { whisperCliPath, model, language: 'auto', translate: false, threads, dir: context.workDir, signal: context.signal };
  const plan: Plan = {
    source: await sourceIdentity(info.path),
    audioTrack: options.audioTrack,
    durationSeconds: Math.max(info.durationSeconds ?? 0, (decoded.samples + decoded.offsetSamples) / SAMPLE_RATE),
    samples: decoded.samples,
    offsetSamples: decoded.offsetSamples,
    model: { path: model.path, name: model.name, sizeBytes: model.sizeBytes },
    language: await settleLanguage(context, setup, model, windows),
    translate: options.translate,
    threads,
    windows: windows.map((window) => window.map(({ start, end }) => [start, end])),
  };
  await context.checkpoint.savePlan(plan, windows.length);
  return plan;
}

/** Decodes the chosen track into the work folder. */
export async function decode(context: TranscribeContext, info: MediaInfo): Promise<DecodedAudio> {
  const total = info.durationSeconds ?? 0;
  const decoded = await decodeAudio({
    ffmpegPath: context.tools.ffmpegPath,
    inputPath: info.path,
    audioTrack: context.task.options.audioTrack,
    pcmPath: pcmPath(context),
    signal: context.signal,
    onProgress: (seconds) => context.progress({ current: 0, total: 0, message: total > 0 ? `reading the audio, ${Math.min(100, Math.floor((100 * seconds) / total))} %` : 'reading the audio' }),
  });
  if (decoded.samples === 0) throw new TaskError('INPUT_DAMAGED', `No sound could be decoded from ${displayName(info.path)}. The file seems to be damaged; try another copy.`);
  return decoded;
}

export async function sourceIdentity(path: string): Promise<Plan['source']> {
  const { size, mtimeMs } = await stat(path);
  return { sizeBytes: size, modifiedMs: mtimeMs };
}

function requireLanguage(language: string): void {
  if (language === 'auto' || WHISPER_LANGUAGES[language] !== undefined) return;
  throw new TaskError('OPTION_INVALID', `Whisper does not know the language "${language}". ${didYouMean(language, Object.keys(WHISPER_LANGUAGES))} Or use auto.`);
}

function requireAudio(info: MediaInfo, audioTrack: number): void {
  const tracks = audioStreams(info);
  const name = displayName(info.path);
  if (tracks.length === 0) {
    const kinds = [...new Set(info.streams.map((stream) => stream.kind))].join(' and ');
    throw new TaskError('INPUT_NO_STREAM', `${name} has no audio track, only ${kinds === '' ? 'no tracks at all' : kinds}. Choose a file with sound.`);
  }
  if (tracks[audioTrack] !== undefined) return;
  const present = tracks.map((track, index) => `${index}${track.language === null ? '' : ` (${track.language})`}`).join(', ');
  throw new TaskError('INPUT_NO_STREAM', `${name} has no audio track ${audioTrack}; it has ${present}. Choose one with audioTrack.`);
}

/** The task's own wish first, then what `models use` says, then the best. */
async function pickModel(context: TranscribeContext, machine: Machine): Promise<FoundModel> {
  const { options } = context.task;
  const wanted = options.model === 'auto' ? context.tools.preferredModel : options.model;
  const models = isAbsolute(wanted) ? await fileAsModel(wanted) : await scanModels(machine.surroundings(context));
  const { model, warnings } = chooseModel(models, { language: options.language, translate: options.translate, model: wanted, memoryBytes: machine.memoryBytes });
  for (const warning of warnings) context.warn(warning);
  await verifyModel(model.path, context.tools, context.signal);
  return model;
}

/** A file that the user names need not lie in a known folder. One that is no model is checked for the sake of its message. */
async function fileAsModel(path: string): Promise<FoundModel[]> {
  const model = await describeModel(path, { owner: 'chosen' });
  if (model === undefined) throw new TaskError('MODEL_DAMAGED', `${path} is not a Whisper model in whisper.cpp's format (ggml-*.bin), or it is damaged. Choose another with \`longhaul models\`.`);
  return [model];
}

async function settleLanguage(context: TranscribeContext, setup: WhisperSetup, model: FoundModel, windows: readonly FrameSpan[][]): Promise<string> {
  const { language } = context.task.options;
  if (language !== 'auto') return language;
  if (!model.isMultilingual) {
    context.warn('Only English models are on this machine, so the speech was taken for English. For other languages add a larger model, on the Models page or with `longhaul models add small`.');
    return 'en';
  }
  if (windows.length === 0) return 'auto';
  const voters = windows.map((speech, index) => ({ wavName: `language-${index}.wav`, span: windowSpan(speech) }));
  const files = voters.sort((a, b) => spanSeconds(b.span) - spanSeconds(a.span)).slice(0, LANGUAGE_VOTES);
  for (const { wavName, span } of files) await writeWav(pcmPath(context), span, join(context.workDir, wavName));
  const votes = new Map<string, number>();
  for (const { language: heard, probability } of await detectLanguages(setup, files)) votes.set(heard, (votes.get(heard) ?? 0) + probability);
  for (const { wavName } of files) await rm(join(context.workDir, wavName), { force: true });
  const [winner] = [...votes].sort((a, b) => b[1] - a[1]);
  context.log(`Languages heard: ${[...votes].map(([heard, weight]) => `${heard} ${weight.toFixed(2)}`).join(', ')}.`);
  return winner?.[0] ?? 'en';
}
