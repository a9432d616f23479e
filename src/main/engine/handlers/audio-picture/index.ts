/**
 * A picture of sound: its waveform or its spectrogram. Starting over costs one decoding of the sound, some three hundred times as fast as it
 * plays, so there are no parts.
 */
import * as z from 'zod';
import { TaskError } from '../../../../shared/errors.ts';
import { audioPictureOptions, type AudioPictureOptions } from '../../../../shared/media-options.ts';
import { displayName } from '../../media/display-name.ts';
import { syncFile } from '../../media/durable-file.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { inputArguments, inputUrl } from '../../media/ffmpeg-input.ts';
import { audioStreams, type AudioStream } from '../../media/media-info.ts';
import { estimateTask } from '../estimate.ts';
import { openFilmSource, requireUnchanged, type FilmSource } from '../film-source.ts';
import type { AttemptContext, Draft, Handler } from '../handler.ts';
import { outputName } from '../output-name.ts';
import { checkAudioPicture } from './check.ts';
import { pictureGraph } from './graph.ts';

const nothing = z.null();
type Context = AttemptContext<AudioPictureOptions, null, null>;

export const handler: Handler<AudioPictureOptions, null, null> = {
  type: 'audio_picture',
  options: audioPictureOptions,
  plan: nothing,
  part: nothing,
  async perform(context) {
    const source = await openFilmSource(context);
    context.estimate(estimateTask({ type: 'audio_picture', options: context.task.options, media: source.media, pace: context.pace }));
    requireTools(context, source);
    const draft = context.draft(outputName(source.path, context.task.suffix, context.task.options.format));
    await draw(context, source, requireTrack(context, source), draft);
    await requireUnchanged(source);
    return [draft];
  },
  async check([draft], context) {
    if (draft === undefined) throw new TaskError('INTERNAL', 'The check was asked for before the work. Retry the task; if it happens again, report it.');
    const { width, height, format } = context.task.options;
    await checkAudioPicture({ path: draft.tempPath, fileName: draft.fileName, width, height, format }, context);
  },
};

function requireTrack({ task }: Context, { media, path }: FilmSource): AudioStream {
  const tracks = audioStreams(media);
  const track = tracks[task.options.audioTrack];
  if (track !== undefined) return track;
  throw new TaskError('INPUT_NO_STREAM', tracks.length === 0 ? `${displayName(path)} has no sound. Choose a recipe for pictures, or another file.` : `${displayName(path)} has no audio track ${task.options.audioTrack}: it has ${tracks.length}, counted from 0. Choose another one.`);
}

function requireTools({ task }: Context, { capabilities }: FilmSource): void {
  const filter = task.options.kind === 'waveform' ? 'showwavespic' : 'showspectrumpic';
  if (!capabilities.filters.has(filter)) throw new TaskError('TOOL_MISSING', `This FFmpeg can't draw a ${task.options.kind}: it has no filter ${filter}. Install a fuller FFmpeg.`);
  if (task.options.format === 'webp' && !capabilities.encoders.has('libwebp')) throw new TaskError('TOOL_MISSING', 'This FFmpeg can\'t write WebP pictures. Choose jpg or png, or install an FFmpeg with libwebp.');
}

async function draw(context: Context, source: FilmSource, track: AudioStream, draft: Draft): Promise<void> {
  const { options } = context.task;
  const codec = { jpg: ['-c:v', 'mjpeg', '-q:v', '3'], png: ['-c:v', 'png'], webp: ['-c:v', 'libwebp', '-quality', '90'] }[options.format];
  const total = track.durationSeconds ?? source.media.durationSeconds ?? 0;
  await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: [...inputArguments(source.path), '-filter_complex', pictureGraph(options, track), '-map', '[picture]', '-frames:v', '1', ...codec, '-f', options.format === 'webp' ? 'webp' : 'image2pipe', inputUrl(draft.tempPath)],
    inputPath: source.path,
    signal: context.signal,
    // The picture has no time of its own until all sound is read.
    onProgress: ({ outSeconds }) => context.progress({ current: Math.min(outSeconds ?? 0, total), total, message: 'listening' }),
  });
  await syncFile(draft.tempPath);
}
