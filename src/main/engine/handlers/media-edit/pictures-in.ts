/** Numbered pictures as a film: the one that was handed in and those that follow it in its folder. Encodes in one go; a kill starts it over. */
import { copyFile, readdir, symlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import { runTool } from '../../media/child.ts';
import { displayName } from '../../media/display-name.ts';
import { syncFile } from '../../media/durable-file.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { inputUrl } from '../../media/ffmpeg-input.ts';
import { inputSize } from '../../media/input-file.ts';
import { outputName } from '../output-name.ts';
import { softwareArguments } from '../video-convert/encoders.ts';
import { clearWorkFolder } from '../work-folder.ts';
import type { EditContext, Edited } from './work.ts';

/** An hour at 25 a second, and some. */
const MOST_PICTURES = 100_000;
/** 16 thousand by 8 thousand: beyond this no encoder follows, and a picture may be a bomb. */
const MOST_PIXELS = 134_217_728;
const USUAL_RATE = 25;
const DIGITS = 6;
const PROBE_TIMEOUT_MS = 60_000;
const TOLERANCE_SECONDS = 0.05;
/** As FFmpeg's decoders are chosen by them. */
const EXTENSIONS = new Set(['.png', '.jpg', '.jpeg', '.tif', '.tiff', '.bmp', '.webp']);

export async function fromPictures(context: EditContext): Promise<Edited> {
  const first = context.task.inputs[0] ?? '';
  await inputSize(first);
  const { paths, stem } = await findSequence(first);
  const extension = extname(first).toLowerCase();
  await clearWorkFolder(context.workDir, new Set());
  for (const [index, path] of paths.entries()) {
    context.signal.throwIfAborted();
    await place(path, join(context.workDir, `in${String(index).padStart(DIGITS, '0')}${extension}`));
  }
  const pattern = `in%0${DIGITS}d${extension}`;
  const size = await sizeOf(context, pattern, first);
  const rate = context.task.options.frameRate ?? USUAL_RATE;
  const draft = context.draft(outputName(join(dirname(first), `${stem}.pictures`), context.task.suffix, 'mp4'));
  const frames = await encode(context, { pattern, rate, size, count: paths.length, first, outputPath: draft.tempPath });
  if (frames !== paths.length) throw new TaskError('INPUT_DAMAGED', `Only ${frames} of ${paths.length} pictures from ${displayName(first)} on can be read. Look for the one that is damaged, or leave it out.`);
  return {
    draft, further: [],
    expected: { path: draft.tempPath, fileName: draft.fileName, video: ['h264'], audio: [], subtitles: 0, chapters: null, seconds: paths.length / rate, toleranceSeconds: TOLERANCE_SECONDS + 1 / rate, copiedFrom: [] },
  };
}

/** `shot_0001.png`: all of the folder with that beginning, ending and a number from there on, in the order of their numbers. */
async function findSequence(first: string): Promise<{ paths: string[]; stem: string }> {
  const name = displayName(first);
  const found = /^(.*?)(\d+)$/s.exec(basename(first, extname(first)));
  const [, stem, digits] = found ?? [];
  if (!EXTENSIONS.has(extname(first).toLowerCase())) throw new TaskError('INPUT_NOT_MEDIA', `${name} is no PNG, JPEG, TIFF, BMP or WebP picture. Convert the pictures first, then hand in the first of them.`);
  if (stem === undefined || digits === undefined) throw new TaskError('OPTION_INVALID', `${name} has no number at the end of its name, so nothing says which picture follows. Name the pictures shot_0001, shot_0002 and so on.`);
  const numbered = (await readdir(dirname(first)))
    .filter((other) => extname(other) === extname(first) && other.startsWith(stem))
    .flatMap((other) => {
      const number = /^\d+$/.exec(basename(other, extname(other)).slice(stem.length))?.[0];
      return number === undefined || Number(number) < Number(digits) ? [] : [{ path: join(dirname(first), other), number: Number(number) }];
    })
    .sort((one, other) => one.number - other.number);
  if (numbered.length < 2) throw new TaskError('INPUT_MISSING', `No picture follows ${name} in its folder. Put the others beside it, numbered in their order.`);
  if (numbered.length > MOST_PICTURES) throw new TaskError('OPTION_INVALID', `${numbered.length} pictures follow ${name}, and ${MOST_PICTURES} are the most. Put them into several folders and join the films.`);
  return { paths: numbered.map(({ path }) => path), stem: stem.replace(/[-_. ]+$/, '') || 'pictures' };
}

/** Under names of ours, so that no name of theirs is read as a pattern. */
async function place(path: string, ours: string): Promise<void> {
  // Windows lets only some users make links.
  await symlink(path, ours).catch(() => copyFile(path, ours));
}

/** Stand before the pattern. */
function sequenceArguments(): string[] {
  return ['-protocol_whitelist', 'file', '-max_pixels', String(MOST_PIXELS), '-f', 'image2', '-start_number', '0'];
}

/** The first picture's, in even numbers; the others are brought to it. */
async function sizeOf({ tools, signal, workDir }: EditContext, pattern: string, first: string): Promise<{ width: number; height: number }> {
  const result = await runTool({ path: tools.ffprobePath, args: ['-v', 'error', ...sequenceArguments(), '-show_entries', 'stream=width,height', '-of', 'csv=p=0', '-i', pattern], cwd: workDir, signal, timeoutMs: PROBE_TIMEOUT_MS });
  const [width = 0, height = 0] = result.stdout.trim().split(',').map(Number);
  if (result.exitCode !== 0 || !(width >= 2 && height >= 2)) throw new TaskError('INPUT_DAMAGED', `${displayName(first)} can't be read as a picture. Open it in another program and save it anew.`, { details: result.stderrTail });
  if (width * height > MOST_PIXELS) throw new TaskError('INPUT_NOT_ALLOWED', `${displayName(first)} has ${width} × ${height} pixels, too many for a film. Make the pictures smaller first.`);
  return { width: width - (width % 2), height: height - (height % 2) };
}

interface SequenceWish {
  readonly pattern: string;
  readonly rate: number;
  readonly size: { readonly width: number; readonly height: number };
  readonly count: number;
  readonly first: string;
  readonly outputPath: string;
}

/** Returns how many pictures became frames. */
async function encode(context: EditContext, { pattern, rate, size, count, first, outputPath }: SequenceWish): Promise<number> {
  let frames = 0;
  await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: [
      '-framerate', String(rate), ...sequenceArguments(), '-i', pattern,
      '-vf', `scale=${size.width}:${size.height}:flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p`, '-fps_mode', 'passthrough',
      ...softwareArguments('h264', 'high', 'medium', context.tools.threads), '-pix_fmt', 'yuv420p', '-color_range', 'tv', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709',
      '-movflags', '+faststart', '-f', 'mp4', inputUrl(outputPath),
    ],
    inputPath: first,
    cwd: context.workDir,
    signal: context.signal,
    onProgress: ({ frame }) => {
      frames = frame;
      context.progress({ current: Math.min(frame, count), total: count, message: `frame ${Math.max(1, Math.min(frame, count))} of ${count}` });
    },
  });
  await syncFile(outputPath);
  return frames;
}
