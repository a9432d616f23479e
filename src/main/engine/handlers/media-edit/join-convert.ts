/**
 * Files whose streams differ, made alike (H.264 at the first file's size and rate, stereo) and joined. Each file is a checkpoint. Sound is
 * kept as plain samples, exactly as long as its picture, until the end, so that the files meet without gaps.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { isIntact, keepFile } from '../../media/durable-file.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { concatArguments, inputLimits, inputUrl, soundListArguments } from '../../media/ffmpeg-input.ts';
import { audioStreams, filmStreams, isHdr, type Fraction, type MediaInfo, type VideoStream } from '../../media/media-info.ts';
import { identifySource } from '../../media/source-identity.ts';
import { basisDifference, type Basis } from '../basis.ts';
import type { FilmSource } from '../film-source.ts';
import { outputName } from '../output-name.ts';
import { softwareArguments } from '../video-convert/encoders.ts';
import { isInterlaced, toneMapFilters } from '../video-convert/picture.ts';
import { shapedSize } from '../video-convert/shape.ts';
import { previewRate } from '../video-preview/clips.ts';
import { clearWorkFolder } from '../work-folder.ts';
import { containerOf, type Container } from './containers.ts';
import { writeDraft, type EditContext, type Edited, type EditPart } from './work.ts';

/** What all files become. */
interface Target {
  /** Null: sound alone. */
  readonly film: { readonly width: number; readonly height: number; readonly rate: Fraction } | null;
}

const SOUND_RATE = 48_000;
const SOUND_KBPS = 192;
const PICTURE_LIST = 'pictures.ffconcat';
const SOUND_LIST = 'sounds.ffconcat';
const TOLERANCE_SECONDS = 0.3;

export async function convertAndJoin(context: EditContext, source: FilmSource, medias: readonly MediaInfo[]): Promise<Edited> {
  const target = targetOf(source.media);
  await settlePlan(context, source, medias, target);
  const parts: EditPart[] = [];
  const total = medias.reduce((sum, { durationSeconds }) => sum + (durationSeconds ?? 0), 0);
  let done = 0;
  for (const [index, media] of medias.entries()) {
    const base = done;
    parts.push(await partOf(context, source, { index, media, target, onSeconds: (seconds) => context.progress({ current: Math.min(total, base + Math.min(seconds, media.durationSeconds ?? 0)), total, message: `file ${index + 1} of ${medias.length}` }) }));
    done += media.durationSeconds ?? 0;
  }
  return joinParts(context, source, { medias, target, parts });
}

function targetOf(media: MediaInfo): Target {
  const [film] = filmStreams(media);
  return { film: film === undefined ? null : { ...shapedSize(film), rate: previewRate(film.frameRate ?? film.baseFrameRate, 60) } };
}

async function settlePlan(context: EditContext, source: FilmSource, medias: readonly MediaInfo[], target: Target): Promise<void> {
  const others = await Promise.all(medias.slice(1).map(({ path }) => identifySource(path)));
  const now: Basis = { source: source.identity, ffmpeg: source.capabilities.fingerprint, arguments: [JSON.stringify(target), ...others.map((identity) => JSON.stringify(identity))] };
  const { plan, parts } = context.checkpoint;
  const difference = plan === undefined ? null : basisDifference(plan.basis, now);
  if (difference !== null) context.log(`the files made so far are of no use, as ${difference}: starting over`);
  if (plan === undefined || difference !== null) await context.checkpoint.savePlan({ basis: now, inputs: medias.length }, medias.length);
  await clearWorkFolder(context.workDir, new Set(difference === null ? [...parts.values()].flatMap(({ files }) => files.map(({ name }) => name)) : []));
}

interface PartWish {
  readonly index: number;
  readonly media: MediaInfo;
  readonly target: Target;
  readonly onSeconds: (seconds: number) => void;
}

async function partOf(context: EditContext, source: FilmSource, wish: PartWish): Promise<EditPart> {
  const stored = context.checkpoint.parts.get(wish.index);
  if (stored !== undefined && (await areIntact(context, stored))) return stored;
  const picture = await makePicture(context, source, wish);
  const seconds = picture?.seconds ?? wish.media.durationSeconds;
  if (seconds === null || seconds <= 0) throw new TaskError('INPUT_DAMAGED', `${displayName(wish.media.path)} does not say how long it is. Convert it first, then join the result.`);
  const sound = await makeSound(context, wish, seconds);
  const part: EditPart = { files: [...(picture === null ? [] : [picture.file]), sound], frames: picture?.frames ?? 0, seconds };
  await context.checkpoint.savePart(wish.index, part);
  return part;
}

async function makePicture(context: EditContext, source: FilmSource, { index, media, target, onSeconds }: PartWish): Promise<{ file: EditPart['files'][number]; frames: number; seconds: number } | null> {
  if (target.film === null) return null;
  const [film] = filmStreams(media);
  if (film === undefined) throw new TaskError('INPUT_NO_STREAM', `${displayName(media.path)} has no video, unlike the files before it. Join films with films and sound with sound.`);
  const { rate } = target.film;
  const tempPath = join(context.workDir, `${pictureName(index)}.${context.task.attempt}.part`);
  let frames = 0;
  await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: [
      '-threads', String(context.tools.threads), ...inputLimits(), '-i', inputUrl(media.path), '-map', `0:${film.index}`, '-an', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1',
      '-vf', pictureFilters(film, { ...target.film, source, media }).join(','), ...softwareArguments('h264', 'high', 'medium', context.tools.threads), '-pix_fmt', 'yuv420p',
      '-video_track_timescale', String(rate.numerator), '-f', 'mp4', inputUrl(tempPath),
    ],
    inputPath: media.path,
    signal: context.signal,
    onProgress: ({ frame, outSeconds }) => {
      frames = frame;
      onSeconds(outSeconds ?? 0);
    },
  });
  if (frames === 0) throw new TaskError('INPUT_DAMAGED', `No picture of ${displayName(media.path)} can be decoded. Copy or download it again, or leave it out.`);
  return { file: await keepFile(tempPath, join(context.workDir, pictureName(index))), frames, seconds: (frames * rate.denominator) / rate.numerator };
}

/** Fits into the first file's picture, with bars where the shape is another. */
function pictureFilters(film: VideoStream, { width, height, rate, source, media }: { width: number; height: number; rate: Fraction; source: FilmSource; media: MediaInfo }): string[] {
  const { filters } = source.capabilities;
  return [
    ...(isInterlaced(film) && filters.has('bwdif') ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    `fps=${rate.numerator}/${rate.denominator}:start_time=0`,
    'scale=iw*sar:ih', `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=bicubic`, 'setsar=1',
    ...(isHdr(film) ? toneMapFilters({ film, path: media.path, filters }) : []),
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:black`, 'format=yuv420p',
  ];
}

/** As many samples as the picture lasts; silence where there is no sound. */
async function makeSound(context: EditContext, { index, media }: PartWish, seconds: number): Promise<EditPart['files'][number]> {
  const [track] = audioStreams(media);
  const samples = Math.round(seconds * SOUND_RATE);
  const tempPath = join(context.workDir, `${soundName(index)}.${context.task.attempt}.part`);
  const input = track === undefined ? ['-f', 'lavfi', '-i', `anullsrc=r=${SOUND_RATE}:cl=stereo`] : [...inputLimits(), '-i', inputUrl(media.path), '-map', `0:${track.index}`];
  await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: [...input, '-vn', '-sn', '-dn', '-af', `aresample=${SOUND_RATE}:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=stereo,apad,atrim=end_sample=${samples}`, '-c:a', 'pcm_s16le', '-map_metadata', '-1', '-rf64', 'auto', '-f', 'wav', inputUrl(tempPath)],
    inputPath: media.path,
    signal: context.signal,
  });
  return keepFile(tempPath, join(context.workDir, soundName(index)));
}

async function joinParts(context: EditContext, source: FilmSource, { medias, target, parts }: { medias: readonly MediaInfo[]; target: Target; parts: readonly EditPart[] }): Promise<Edited> {
  const container = joinedContainer(context, source, target);
  const draft = context.draft(outputName(source.path, context.task.suffix, container.name));
  const list = (name: (index: number) => string): string => `ffconcat version 1.0\n${parts.map(({ seconds }, index) => `file '${name(index)}'\nduration ${seconds.toFixed(6)}\n`).join('')}`;
  await writeFile(join(context.workDir, SOUND_LIST), list(soundName));
  if (target.film !== null) await writeFile(join(context.workDir, PICTURE_LIST), list(pictureName));
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const before = target.film === null ? [] : concatArguments(PICTURE_LIST);
  await writeDraft(context, source, draft, {
    args: [
      ...before, ...soundListArguments(SOUND_LIST), ...(target.film === null ? [] : ['-map', '0:v', '-c:v', 'copy', '-video_track_timescale', String(target.film.rate.numerator)]),
      '-map', `${target.film === null ? 0 : 1}:a`, '-c:a', 'aac', '-b:a', `${SOUND_KBPS}k`, ...container.outputArguments, '-f', container.muxer, inputUrl(draft.tempPath),
    ],
    totalSeconds: 0, message: 'joining', cwd: context.workDir,
  });
  for (const name of [PICTURE_LIST, SOUND_LIST]) await rm(join(context.workDir, name), { force: true });
  return {
    draft,
    expected: {
      path: draft.tempPath, fileName: draft.fileName, video: target.film === null ? [] : ['h264'], audio: ['aac'], subtitles: 0, chapters: null,
      seconds, toleranceSeconds: TOLERANCE_SECONDS, copiedFrom: medias.map(({ path }) => path),
    },
  };
}

function joinedContainer({ task }: EditContext, { path }: FilmSource, { film }: Target): Container {
  const { container } = task.options;
  if (film === null) return containerOf(container === 'mka' || container === 'mkv' ? 'mka' : 'm4a');
  if (container === 'source') return containerOf(path.toLowerCase().endsWith('.mkv') ? 'mkv' : 'mp4');
  if (container === 'mp4' || container === 'mov' || container === 'mkv') return containerOf(container);
  throw new TaskError('OPTION_INVALID', `${container} can't hold H.264 and AAC, which files that differ become. Choose mp4 or mkv.`);
}

async function areIntact({ workDir }: EditContext, { files }: EditPart): Promise<boolean> {
  for (const file of files) if (!(await isIntact(workDir, file))) return false;
  return true;
}

function pictureName(index: number): string {
  return `join${String(index).padStart(4, '0')}.mp4`;
}

function soundName(index: number): string {
  return `join${String(index).padStart(4, '0')}.wav`;
}
