/** A short film of clips taken evenly from a long one. Each clip is a checkpoint. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TaskError } from '../../../../shared/errors.ts';
import { videoPreviewOptions, type VideoPreviewOptions } from '../../../../shared/options.ts';
import { displayName } from '../../media/display-name.ts';
import { isIntact, keepFile, storedFile, syncFile } from '../../media/durable-file.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { concatArguments, inputArguments, inputLimits, inputUrl } from '../../media/ffmpeg-input.ts';
import { audioStreams, type AudioStream, type Fraction, type VideoStream } from '../../media/media-info.ts';
import { basis, basisDifference, type Basis } from '../basis.ts';
import { estimateTask } from '../estimate.ts';
import { filmSeconds, openFilmSource, requireFilm, requireUnchanged, type FilmSource } from '../film-source.ts';
import type { AttemptContext, Draft, Handler } from '../handler.ts';
import { outputName } from '../output-name.ts';
import { checkOutput, type Expectation } from '../video-convert/check.ts';
import { softwareArguments } from '../video-convert/encoders.ts';
import { planPicture, type Picture } from '../video-convert/picture.ts';
import { adviseOnSpace, clearWorkFolder } from '../work-folder.ts';
import { animationRate, checkAnimation, joinAnimation, requireAnimation, type AnimationExpectation } from './animation.ts';
import { planClips, previewRate, type Clip } from './clips.ts';

const clip = z.object({ startSeconds: z.number().nonnegative(), frames: z.int().positive() });
const plan = z.object({ basis, clips: z.array(clip).min(1) });
type Plan = z.infer<typeof plan>;
/** A clip: its picture, and its sound where it has some. */
const part = z.object({ files: z.array(storedFile).min(1) });
type Part = z.infer<typeof part>;
type Context = AttemptContext<VideoPreviewOptions, Plan, Part>;

interface Work {
  readonly context: Context;
  readonly source: FilmSource;
  readonly film: VideoStream;
  readonly sound: AudioStream | undefined;
  readonly picture: Picture;
  readonly rate: Fraction;
  readonly clips: readonly Clip[];
}

/** Sound is kept as plain samples until the end, so that clips meet without gaps. */
const SOUND_RATE = 48_000;
/** Long enough to hide the click of a hard cut, too short to be heard as a fade. */
const FADE_SECONDS = 0.08;
const SOUND_KBPS = 128;
/** How much of the film before a clip's last frame may be missing before it counts as damaged: a second of repeated picture. */
const PAD_SECONDS = 1;
const LIST_NAME = 'join.ffconcat';

type Wanted = { readonly kind: 'film'; readonly film: Expectation } | { readonly kind: 'animation'; readonly animation: AnimationExpectation };
const expectations = new WeakMap<Context, Wanted>();

export const handler: Handler<VideoPreviewOptions, Plan, Part> = {
  type: 'video_preview',
  options: videoPreviewOptions,
  plan,
  part,
  async perform(context) {
    const source = await openFilmSource(context);
    const film = requireFilm(source, 'A preview shows pictures; choose mp3 or wav for the sound.');
    const estimate = estimateTask({ type: 'video_preview', options: context.task.options, media: source.media, pace: context.pace });
    context.estimate(estimate);
    await adviseOnSpace(context, estimate.tempBytes);
    const { format } = context.task.options;
    if (format !== 'mp4') requireAnimation(format, source);
    const work = await planWork(context, source, film);
    for (const index of work.clips.keys()) await makeClip(work, index);
    await requireUnchanged(source);
    const draft = context.draft(outputName(source.path, context.task.suffix, format));
    await writeList(work);
    if (format === 'mp4') await joinClips(work, draft);
    else await joinAnimation(context, source, { listName: LIST_NAME, format, draft });
    expectations.set(context, wantedOf(work, draft));
    return [draft];
  },
  async check(drafts, context) {
    const expected = expectations.get(context);
    if (expected === undefined || drafts.length !== 1) throw new TaskError('INTERNAL', 'The check was asked for before the work. Retry the task; if it happens again, report it.');
    if (expected.kind === 'film') await checkOutput(expected.film, context);
    else await checkAnimation(expected.animation, context);
  },
};

async function planWork(context: Context, source: FilmSource, film: VideoStream): Promise<Work> {
  const { options } = context.task;
  const picture = planPicture({ path: source.path, film, codec: 'h264', resolution: options.resolution, dynamicRange: 'sdr', filters: source.capabilities.filters, threads: context.tools.threads });
  const tracks = audioStreams(source.media);
  const sound = options.audio && options.format === 'mp4' ? (tracks.find(({ isDefault }) => isDefault) ?? tracks[0]) : undefined;
  const filmRate = film.frameRate ?? film.baseFrameRate;
  const rate = options.format === 'mp4' ? previewRate(filmRate, options.frameRate ?? undefined) : animationRate(filmRate, options.frameRate);
  const now: Basis = { source: source.identity, ffmpeg: source.capabilities.fingerprint, arguments: [`${film.index} ${sound?.index ?? ''} ${rate.numerator}/${rate.denominator}`, ...videoFilters(picture, rate, 1), ...encoderArguments(picture, { threads: context.tools.threads, rate, isAnimation: context.task.options.format !== 'mp4' })] };
  const clips = planClips({ filmSeconds: await filmSeconds(source, film, context), wantedSeconds: options.durationSeconds, clips: options.clips, rate });
  const stored = context.checkpoint.plan;
  const difference = stored === undefined ? null : (basisDifference(stored.basis, now) ?? (JSON.stringify(stored.clips) === JSON.stringify(clips) ? null : 'the clips are others'));
  if (difference !== null) context.log(`the clips made so far are of no use, as ${difference}: starting over`);
  if (stored === undefined || difference !== null) await context.checkpoint.savePlan({ basis: now, clips }, clips.length);
  await clearWorkFolder(context.workDir, new Set([...context.checkpoint.parts.values()].flatMap(({ files }) => files.map(({ name }) => name))));
  return { context, source, film, sound, picture, rate, clips };
}

async function makeClip(work: Work, index: number): Promise<void> {
  const { context, source, film, sound, picture, rate, clips } = work;
  const wanted = clips[index];
  if (wanted === undefined) return;
  context.progress({ current: index, total: clips.length, message: `clip ${index + 1} of ${clips.length}` });
  if (await isClipIntact(context, index)) return;
  const seconds = (wanted.frames * rate.denominator) / rate.numerator;
  const names = clipNames(index, sound !== undefined);
  const tempPath = (name: string): string => join(context.workDir, `${name}.${context.task.attempt}.part`);
  const threads = String(context.tools.threads);
  const { frame } = await lastProgress((onProgress) => runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: [
      ...(wanted.startSeconds === 0 ? [] : ['-ss', wanted.startSeconds.toFixed(6)]), '-threads', threads, ...inputLimits(), '-i', inputUrl(source.path),
      '-map', `0:${film.index}`, '-vf', videoFilters(picture, rate, wanted.frames).join(','),
      ...encoderArguments(picture, { threads: context.tools.threads, rate, isAnimation: context.task.options.format !== 'mp4' }), '-an', '-map_metadata', '-1', '-map_chapters', '-1', '-f', 'mp4', inputUrl(tempPath(names.video)),
      ...(sound === undefined || names.sound === null ? [] : ['-map', `0:${sound.index}`, '-vn', '-af', soundFilters(seconds), '-c:a', 'pcm_s16le', '-map_metadata', '-1', '-f', 'wav', inputUrl(tempPath(names.sound))]),
    ],
    inputPath: source.path,
    signal: context.signal,
    onProgress,
  }));
  if (frame < wanted.frames) throw new TaskError('INPUT_DAMAGED', `${displayName(source.path)} has no picture at ${Math.round(wanted.startSeconds)} s though it should last longer: it is damaged or was cut short. Copy or download it again.`);
  const files = [];
  for (const name of [names.video, names.sound]) if (name !== null) files.push(await keepFile(tempPath(name), join(context.workDir, name)));
  await context.checkpoint.savePart(index, { files });
}

async function lastProgress(run: (onProgress: (progress: { frame: number }) => void) => Promise<unknown>): Promise<{ frame: number }> {
  let frame = 0;
  await run((progress) => { frame = progress.frame; });
  return { frame };
}

async function isClipIntact(context: Context, index: number): Promise<boolean> {
  const stored = context.checkpoint.parts.get(index);
  if (stored === undefined) return false;
  for (const file of stored.files) if (!(await isIntact(context.workDir, file))) return false;
  return true;
}

function clipNames(index: number, hasSound: boolean): { video: string; sound: string | null } {
  const number = String(index).padStart(3, '0');
  return { video: `clip${number}.mp4`, sound: hasSound ? `clip${number}.wav` : null };
}

/** A constant rate, and a last picture that stands still where the film ends a moment too early. */
function videoFilters(picture: Picture, rate: Fraction, frames: number): string[] {
  return [
    ...picture.earlyFilters, `fps=${rate.numerator}/${rate.denominator}:start_time=0`, `tpad=stop_mode=clone:stop_duration=${PAD_SECONDS}`, `trim=end_frame=${frames}`,
    ...picture.lateFilters,
  ];
}

function encoderArguments(picture: Picture, { threads, rate, isAnimation }: { threads: number; rate: Fraction; isAnimation: boolean }): string[] {
  // What becomes a moving picture is encoded once more: nothing of this encoding may be seen there.
  return [...softwareArguments('h264', isAnimation ? 'high' : 'medium', 'medium', threads), '-pix_fmt', picture.pixelFormat, ...picture.encoderArguments, '-video_track_timescale', String(rate.numerator)];
}

/** Exactly as many samples as the picture lasts. */
function soundFilters(seconds: number): string {
  const samples = Math.round(seconds * SOUND_RATE);
  const fade = Math.min(FADE_SECONDS, seconds / 4);
  return [
    `aresample=${SOUND_RATE}:async=1:first_pts=0`, 'aformat=sample_fmts=s16:channel_layouts=stereo', 'apad', `atrim=end_sample=${samples}`,
    `afade=t=in:d=${fade}`, `afade=t=out:st=${(seconds - fade).toFixed(6)}:d=${fade}`,
  ].join(',');
}

async function writeList({ context, rate, clips }: Work): Promise<void> {
  context.progress({ current: clips.length, total: clips.length, message: 'joining' });
  const lines = clips.map(({ frames }, index) => `file '${clipNames(index, false).video}'\nduration ${((frames * rate.denominator) / rate.numerator).toFixed(6)}\n`);
  await writeFile(join(context.workDir, LIST_NAME), `ffconcat version 1.0\n${lines.join('')}`);
}

async function joinClips({ context, source, sound, rate, clips }: Work, draft: Draft): Promise<void> {
  const sounds = sound === undefined ? [] : clips.map((_, index) => join(context.workDir, clipNames(index, true).sound ?? ''));
  await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: [
      ...concatArguments(LIST_NAME), ...sounds.flatMap(inputArguments),
      ...(sounds.length === 0 ? [] : ['-filter_complex', `${sounds.map((_, index) => `[${index + 1}:a]`).join('')}concat=n=${sounds.length}:v=0:a=1[sound]`]),
      '-map', '0:v', '-c:v', 'copy', ...(sounds.length === 0 ? [] : ['-map', '[sound]', '-c:a', 'aac', '-b:a', `${SOUND_KBPS}k`]),
      '-video_track_timescale', String(rate.numerator), '-movflags', '+faststart', '-f', 'mp4', inputUrl(draft.tempPath),
    ],
    inputPath: source.path,
    cwd: context.workDir,
    signal: context.signal,
    onLine: (line) => context.log(`join: ${line}`),
  });
  await syncFile(draft.tempPath);
}

function wantedOf(work: Work, draft: Draft): Wanted {
  const { context, picture, rate, clips } = work;
  const { format } = context.task.options;
  if (format === 'mp4') return { kind: 'film', film: expectationOf(work, draft) };
  const frames = clips.reduce((sum, { frames: count }) => sum + count, 0);
  return { kind: 'animation', animation: { path: draft.tempPath, fileName: draft.fileName, format, width: picture.width, height: picture.height, seconds: (frames * rate.denominator) / rate.numerator } };
}

function expectationOf({ sound, picture, rate, clips }: Work, draft: Draft): Expectation {
  const frames = clips.reduce((sum, { frames: count }) => sum + count, 0);
  const tick = rate.denominator / rate.numerator;
  return {
    path: draft.tempPath, fileName: draft.fileName,
    video: { codec: 'h264', width: picture.width, height: picture.height, frames, frameSeconds: Float64Array.from({ length: frames }, (_, index) => index * tick) },
    audioTracks: sound === undefined ? 0 : 1, subtitleTracks: 0, audioSeconds: sound === undefined ? null : frames * tick, videoLeadSeconds: sound === undefined ? null : 0,
  };
}
