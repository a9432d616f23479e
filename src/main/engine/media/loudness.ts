/** Measures loudness (EBU R128, ITU-R BS.1770) with FFmpeg's loudnorm and ebur128 filters. */
import * as z from 'zod';
import { runFfmpeg } from './ffmpeg.ts';
import { inputArguments } from './ffmpeg-input.ts';

/** What loudnorm's second pass needs of the first. LUFS, dBTP and LU. */
export const loudness = z.object({
  integratedLufs: z.number(),
  truePeakDb: z.number(),
  rangeLu: z.number(),
  thresholdLufs: z.number(),
});
export type Loudness = z.infer<typeof loudness>;

export interface LoudnessProbe {
  readonly ffmpegPath: string;
  readonly path: string;
  /** FFmpeg's index of the audio stream in the file. */
  readonly stream: number;
  /** What is done to the sound before it is measured, such as a mix-down. */
  readonly filters: readonly string[];
  readonly signal: AbortSignal;
  /** Seconds of sound measured so far. */
  readonly onSeconds?: (seconds: number) => void;
}

/** loudnorm prints its figures as text: `"input_i" : "-21.75"`, and `-inf` for silence. */
const printed = z.string().transform((text) => (text === '-inf' ? -Infinity : Number(text))).pipe(z.union([z.literal(-Infinity), z.number()]));
const firstPass = z.object({ input_i: printed, input_tp: printed, input_lra: printed, input_thresh: printed });
/** Below BS.1770's absolute gate (-70 LUFS) there is nothing to be made louder. */
const GATE_LUFS = -70;

/** The first pass over one track; null: it is silent, or too short for one block of 400 ms. */
export async function measureLoudness(probe: LoudnessProbe): Promise<Loudness | null> {
  const lines = await listen(probe, 'loudnorm=print_format=json');
  const parsed = firstPass.safeParse(lastObject(lines));
  if (!parsed.success) return null;
  const { input_i, input_tp, input_lra, input_thresh } = parsed.data;
  if (input_i <= GATE_LUFS || !Number.isFinite(input_i) || !Number.isFinite(input_tp)) return null;
  return { integratedLufs: input_i, truePeakDb: input_tp, rangeLu: Math.max(0, input_lra), thresholdLufs: Math.max(-99, input_thresh) };
}

/** Integrated loudness by another meter than the one that normalised; null: silence. */
export async function integratedLoudness(probe: LoudnessProbe): Promise<number | null> {
  const lines = await listen(probe, 'ebur128=framelog=verbose');
  const value = lines.map((line) => /^\s*I:\s+(-?[\d.]+|-?inf|nan) LUFS/.exec(line)?.[1]).filter((text) => text !== undefined).at(-1);
  const number = Number(value);
  return value === undefined || !Number.isFinite(number) || number <= GATE_LUFS ? null : number;
}

async function listen({ ffmpegPath, path, stream, filters, signal, onSeconds }: LoudnessProbe, meter: string): Promise<string[]> {
  const lines: string[] = [];
  await runFfmpeg({
    ffmpegPath,
    // Both filters say what they found at level info, once, at the end.
    args: ['-v', 'info', ...inputArguments(path), '-map', `0:${stream}`, '-vn', '-sn', '-dn', '-af', [...filters, meter].join(','), '-f', 'null', '-'],
    inputPath: path,
    signal,
    onLine: (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
    },
    onProgress: ({ outSeconds }) => onSeconds?.(outSeconds ?? 0),
  });
  return lines;
}

/** The figures are among the last lines, whatever a damaged source makes FFmpeg say before. */
const KEPT_LINES = 200;

function lastObject(lines: readonly string[]): unknown {
  const from = lines.findLastIndex((line) => line.trim() === '{');
  const to = lines.findLastIndex((line) => line.trim() === '}');
  if (from < 0 || to < from) return undefined;
  try {
    return JSON.parse(lines.slice(from, to + 1).join('\n'));
  } catch {
    return undefined;
  }
}
