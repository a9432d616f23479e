/** Lists a stream's packets: demuxing only, about 0.1 CPU seconds for each minute of 720p. */
import { TaskError } from '../../../shared/errors.ts';
import { describeExit, runTool } from './child.ts';
import { displayName } from './display-name.ts';
import { inputLimits, inputUrl } from './ffmpeg-input.ts';
import { inputSize } from './input-file.ts';

/** Packets in file order, in ticks of the stream's time base; NaN where the container gives none. One entry per packet in each array. */
export interface PacketList {
  readonly pts: Float64Array;
  readonly dts: Float64Array;
  readonly durations: Float64Array;
  /** ffprobe's flags as bits: KEY_FLAG, DISCARD_FLAG. */
  readonly flags: Uint8Array;
  /** The demuxer said that the file ends before its header says so. */
  readonly isCutShort: boolean;
}

export const KEY_FLAG = 1;
/** Decoded but not shown: before the start of an edit list. */
export const DISCARD_FLAG = 2;

/** A packet list arrives steadily; a drive that has nothing to say for this long is gone. */
const STALL_MS = 120_000;
/** First guess of the number of packets; the arrays double from there. */
const INITIAL_CAPACITY = 4096;

export interface PacketOptions {
  readonly ffprobePath: string;
  readonly signal: AbortSignal;
  /** FFmpeg's stream specifier or index: `3`, `v:0`. */
  readonly stream: string;
  /** Called now and then with the number of packets so far. */
  readonly onPackets?: (count: number) => void;
}

export async function listPackets(path: string, options: PacketOptions): Promise<PacketList> {
  const columns = new Columns();
  let isCutShort = false;
  const result = await runTool({
    path: options.ffprobePath,
    args: ['-v', 'error', ...inputLimits(), '-select_streams', options.stream, '-show_entries', 'packet=pts,dts,duration,flags', '-of', 'csv=p=0', '-i', inputUrl(path)],
    signal: options.signal,
    stallMs: STALL_MS,
    onStdoutLine: (line) => {
      columns.add(line);
      if (columns.count % INITIAL_CAPACITY === 0) options.onPackets?.(columns.count);
    },
    onStderrLine: (line) => {
      if (/partial file|File ended prematurely/.test(line)) isCutShort = true;
    },
  });
  if (result.exitCode !== 0) {
    await inputSize(path);
    throw new TaskError('INPUT_DAMAGED', `${displayName(path)} is damaged: its packets can't be listed. Copy or download it again.`, { details: describeExit(result) });
  }
  return { ...columns.take(), isCutShort };
}

/** When the first frame is shown or heard, by decoding: priming that the file marks is left out. Null when nothing comes out. */
export async function firstFrameSeconds(path: string, stream: string, { ffprobePath, signal }: Pick<PacketOptions, 'ffprobePath' | 'signal'>): Promise<number | null> {
  const args = ['-v', 'error', ...inputLimits(), '-select_streams', stream, '-read_intervals', `%+#${FIRST_PACKETS}`, '-show_entries', 'frame=pts_time', '-of', 'csv=p=0', '-i', inputUrl(path)];
  const { stdout } = await runTool({ path: ffprobePath, args, signal, timeoutMs: STALL_MS });
  const times = stdout.split('\n').map((line) => Number.parseFloat(line)).filter((time) => !Number.isNaN(time));
  return times[0] ?? null;
}

/** Some packets give no frame: decoders start late, edit lists hide. */
const FIRST_PACKETS = 8;

/** Growing typed arrays: two million packets (ten hours at 60 a second) take 50 MB, not 500. */
class Columns {
  count = 0;
  #pts = new Float64Array(INITIAL_CAPACITY);
  #dts = new Float64Array(INITIAL_CAPACITY);
  #durations = new Float64Array(INITIAL_CAPACITY);
  #flags = new Uint8Array(INITIAL_CAPACITY);

  /** `pts,dts,duration,flags`; anything else (side data lines) is no packet. */
  add(line: string): void {
    const fields = line.split(',');
    const flags = fields[3];
    if (flags === undefined) return;
    if (this.count === this.#flags.length) this.#grow();
    this.#pts[this.count] = Number(fields[0]);
    this.#dts[this.count] = Number(fields[1]);
    this.#durations[this.count] = Number(fields[2]);
    this.#flags[this.count] = (flags.includes('K') ? KEY_FLAG : 0) | (flags.includes('D') ? DISCARD_FLAG : 0);
    this.count += 1;
  }

  take(): Omit<PacketList, 'isCutShort'> {
    return { pts: this.#pts.slice(0, this.count), dts: this.#dts.slice(0, this.count), durations: this.#durations.slice(0, this.count), flags: this.#flags.slice(0, this.count) };
  }

  #grow(): void {
    const size = this.#flags.length * 2;
    const larger = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const next = new Float64Array(size);
      next.set(old);
      return next;
    };
    this.#pts = larger(this.#pts);
    this.#dts = larger(this.#dts);
    this.#durations = larger(this.#durations);
    const flags = new Uint8Array(size);
    flags.set(this.#flags);
    this.#flags = flags;
  }
}
