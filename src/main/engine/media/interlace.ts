/** Looks at pictures for the comb of two fields, with FFmpeg's idet filter. */
import { runFfmpeg } from './ffmpeg.ts';
import { inputLimits, inputUrl } from './ffmpeg-input.ts';

/** Which field comes first; null: whole pictures. */
export type FieldOrder = 'tff' | 'bff' | null;

export interface InterlaceProbe {
  readonly ffmpegPath: string;
  readonly path: string;
  /** FFmpeg's index of the stream. */
  readonly stream: number;
  /** Where to look, in seconds from the start, one after the other until the pictures say something. */
  readonly atSeconds: readonly number[];
  readonly signal: AbortSignal;
}

/** About ten seconds: enough to meet motion, without which fields look like whole pictures. */
const FRAMES = 250;
/** Fewer decided frames say nothing: a still, black, credits. */
const LEAST_DECIDED = 10;
/** Films with some combed pictures (a broadcast's inserts) count as interlaced from this share on. */
const INTERLACED_SHARE = 0.3;
/** Real fields keep their order. Where idet sees both orders by turns it sees fine, fast patterns: testsrc2 gives 95 to 94. */
const SAME_ORDER_SHARE = 0.85;

/** Null also where nothing can be seen: a still picture has no fields to put together. */
export async function detectFields(probe: InterlaceProbe): Promise<FieldOrder> {
  for (const atSeconds of probe.atSeconds) {
    const counts = await countFields(probe, atSeconds);
    if (counts === null) continue;
    const interlaced = counts.tff + counts.bff;
    const decided = interlaced + counts.progressive;
    if (decided < LEAST_DECIDED) continue;
    if (interlaced / decided < INTERLACED_SHARE || Math.max(counts.tff, counts.bff) / interlaced < SAME_ORDER_SHARE) return null;
    return counts.bff > counts.tff ? 'bff' : 'tff';
  }
  return null;
}

async function countFields({ ffmpegPath, path, stream, signal }: InterlaceProbe, atSeconds: number): Promise<{ tff: number; bff: number; progressive: number } | null> {
  let line = '';
  await runFfmpeg({
    ffmpegPath,
    // Its sums come once, at the end, at level info.
    args: ['-v', 'info', ...(atSeconds > 0 ? ['-ss', atSeconds.toFixed(3)] : []), ...inputLimits(), '-i', inputUrl(path), '-map', `0:${stream}`, '-an', '-sn', '-dn', '-vf', 'idet', '-frames:v', String(FRAMES), '-f', 'null', '-'],
    inputPath: path,
    signal,
    onLine: (text) => {
      if (text.includes('Multi frame detection:')) line = text;
    },
  });
  const found = /TFF:\s*(\d+)\s+BFF:\s*(\d+)\s+Progressive:\s*(\d+)/.exec(line);
  return found === null ? null : { tff: Number(found[1]), bff: Number(found[2]), progressive: Number(found[3]) };
}
