/** Runs FFmpeg to its end, with progress as it goes and its failures as TaskErrors. */
import { runTool } from './child.ts';
import { ffmpegFailure, saysDiskFull } from './ffmpeg-errors.ts';
import { inputSize } from './input-file.ts';

export interface FfmpegProgress {
  /** Time stamp reached in the output; null before the first packet. */
  readonly outSeconds: number | null;
  /** Media seconds per wall second; null while unknown. */
  readonly speed: number | null;
  readonly frame: number;
}

export interface FfmpegRun {
  readonly ffmpegPath: string;
  /** Everything from the input options on; what is the same for every run is put before it. */
  readonly args: readonly string[];
  /** The user's file that is read: looked at again when FFmpeg fails, and named in the message. */
  readonly inputPath: string;
  readonly signal: AbortSignal;
  /** For lists whose entries are relative. */
  readonly cwd?: string;
  readonly onProgress?: (progress: FfmpegProgress) => void;
  /** Each line at warning level and above. */
  readonly onLine?: (line: string) => void;
}

export interface FfmpegResult {
  /** The last lines at warning level and above. */
  readonly stderrTail: string;
  /** FFmpeg goes on when its input ends too early; this says that it did. */
  readonly isInputCutShort: boolean;
}

/**
 * FFmpeg reports twice a second even when no frame came out, so silence means that the process is stopped or its disk does not answer.
 * Ten minutes outlast a drive that wakes up and a network share that reconnects.
 */
const STALL_MS = 600_000;
/** Its words for a file that ends before its header says so: MP4, Matroska, and the file protocol. */
const CUT_SHORT = /partial file|File ended prematurely/;

/** Throws TaskError when FFmpeg fails, or the signal's reason. */
export async function runFfmpeg(run: FfmpegRun): Promise<FfmpegResult> {
  let isInputCutShort = false;
  const report = progressReader(run.onProgress ?? (() => undefined));
  const result = await runTool({
    path: run.ffmpegPath,
    args: ['-hide_banner', '-nostdin', '-y', '-v', 'warning', '-nostats', '-progress', 'pipe:1', ...run.args],
    signal: run.signal,
    stallMs: STALL_MS,
    ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    onStdoutLine: report,
    onStderrLine: (line) => {
      if (CUT_SHORT.test(line)) isInputCutShort = true;
      run.onLine?.(line);
    },
  });
  if (result.exitCode !== 0 || saysDiskFull(result.stderrTail)) {
    if (!saysDiskFull(result.stderrTail)) await inputSize(run.inputPath);
    throw ffmpegFailure(result, run.inputPath);
  }
  return { stderrTail: result.stderrTail, isInputCutShort };
}

/** Turns `-progress` lines (key=value, a block ends with `progress=`) into reports. */
export function progressReader(onProgress: (progress: FfmpegProgress) => void): (line: string) => void {
  let block = new Map<string, string>();
  return (line) => {
    const at = line.indexOf('=');
    if (at < 0) return;
    block.set(line.slice(0, at), line.slice(at + 1).trim());
    if (!line.startsWith('progress=')) return;
    onProgress({ outSeconds: scaled(block.get('out_time_us'), 1e-6), speed: scaled(block.get('speed')?.replace(/x$/, ''), 1), frame: Number(block.get('frame') ?? 0) || 0 });
    block = new Map();
  };
}

/** Null for `N/A`, nothing, and what lies before zero. */
function scaled(text: string | undefined, factor: number): number | null {
  const number = Number(text);
  return text !== undefined && text !== '' && Number.isFinite(number) && number >= 0 ? number * factor : null;
}
