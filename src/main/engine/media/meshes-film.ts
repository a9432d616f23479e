/** Makes a film of frames that were drawn here. */
import { TaskError } from '../../../shared/errors.ts';
import { capabilitiesOf } from './capabilities.ts';
import { syncFile } from './durable-file.ts';
import { runFfmpeg } from './ffmpeg.ts';
import { inputUrl } from './ffmpeg-input.ts';
import { library } from './images.ts';

export interface FilmOfFrames {
  readonly ffmpegPath: string;
  /** Where the frames lie: frame-00000.png and on, without a gap. */
  readonly folder: string;
  readonly framesPerSecond: number;
  readonly format: 'mp4' | 'webp';
  /** `-c:v …` for MP4. */
  readonly encoderArguments: readonly string[];
  /** Of WebP, 1–100. */
  readonly quality: number;
  readonly outputPath: string;
  /** The user's file, for what is said when it fails. */
  readonly inputPath: string;
  readonly signal: AbortSignal;
  readonly onFrame: (frame: number) => void;
}

/** An animation as it was found. */
export interface Animation {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}

/** Why the PNG reader and nothing else: the frames are ours. */
const FRAME_PATTERN = 'frame-%05d.png';

export function frameName(frame: number): string {
  return `frame-${String(frame).padStart(5, '0')}.png`;
}

export async function writeFilm({ ffmpegPath, folder, framesPerSecond, format, encoderArguments, quality, outputPath, inputPath, signal, onFrame }: FilmOfFrames): Promise<void> {
  if (format === 'webp' && !(await capabilitiesOf(ffmpegPath, signal)).encoders.has('libwebp_anim')) throw new TaskError('TOOL_MISSING', 'This FFmpeg writes no animated WebP. Choose mp4 for the turntable, or run the set-up again.');
  const encoder = format === 'webp'
    ? ['-c:v', 'libwebp_anim', '-quality', String(quality), '-compression_level', '4', '-loop', '0', '-pix_fmt', 'bgra', '-f', 'webp']
    // Tagged as what it is, else players guess by the size.
    : ['-vf', 'scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd', ...encoderArguments, '-pix_fmt', 'yuv420p', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-video_track_timescale', String(framesPerSecond * 512), '-movflags', '+faststart', '-f', 'mp4'];
  await runFfmpeg({
    ffmpegPath,
    // The pattern is relative, so that no sign in the folder's name is taken for a part of it.
    args: ['-protocol_whitelist', 'file,pipe', '-f', 'image2', '-framerate', String(framesPerSecond), '-start_number', '0', '-c:v', 'png', '-i', FRAME_PATTERN, '-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', ...encoder, inputUrl(outputPath)],
    inputPath, cwd: folder, signal,
    onProgress: ({ frame }) => onFrame(frame),
  });
  await syncFile(outputPath);
}

/** Reads all of an animated WebP. Throws an Error with the library's words. */
export async function readAnimation(path: string): Promise<Animation> {
  const sharp = await library();
  const image = sharp(path, { pages: -1, failOn: 'warning', limitInputPixels: false });
  const { width, height, pages = 1, pageHeight, delay = [] } = await image.metadata();
  await image.resize(1, 1, { fit: 'fill', kernel: 'nearest', fastShrinkOnLoad: false }).raw().toBuffer();
  return { frames: pages, width, height: pageHeight ?? height, seconds: delay.reduce((sum, ms) => sum + ms, 0) / 1_000 };
}
