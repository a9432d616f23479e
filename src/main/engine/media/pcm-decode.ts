/** Decodes one audio track once, from start to end, into a file of 16 kHz mono samples; what stays in memory is its levels. */
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { describeExit, runTool, type ToolResult } from './child.ts';
import { inputArguments } from './ffmpeg-input.ts';
import { LevelMeter } from './pcm-levels.ts';
import { PcmMatroskaReader } from './pcm-matroska.ts';
import { BYTES_PER_SAMPLE, PcmTimeline, SAMPLE_RATE } from './pcm-timeline.ts';

export interface DecodeRequest {
  readonly ffmpegPath: string;
  /** The user's file, absolute. */
  readonly inputPath: string;
  /** Counted from 0 among the audio tracks. */
  readonly audioTrack: number;
  /** Written anew; whole and synced when decodeAudio settles. Silence that the file does not hold itself stays a hole in it. */
  readonly pcmPath: string;
  readonly signal: AbortSignal;
  /** Seconds of audio decoded so far. */
  readonly onProgress: (seconds: number) => void;
}

export interface DecodedAudio {
  readonly samples: number;
  /** Add it to a sample's number in the file to get its place on the time line: sample n is heard at (n + offset) / 16,000 s. */
  readonly offsetSamples: number;
  /** dBFS of each 20 ms. */
  readonly levels: Int8Array;
}

/** A disk or share that gives nothing for so long is gone; waking up takes 30 s at most. */
const STALL_MS = 120_000;
/** FFmpeg's word, at log level verbose, that its zero is not the file's: it took the start of the chosen track instead (MPEG-TS and the like). */
const CORRECTED_START = /Correcting start time (?:of Input #\d+ )?by (-?\d+)/;

/** Throws INPUT_DAMAGED or INPUT_NO_STREAM when FFmpeg can't, DISK_FULL (retryable) when the samples don't fit. */
export async function decodeAudio(request: DecodeRequest): Promise<DecodedAudio> {
  const file = await open(request.pcmPath, 'w');
  try {
    const sink = new PcmSink(file, request.onProgress);
    let correctedMicroseconds = 0;
    const result = await runTool({
      path: request.ffmpegPath,
      args: decodeArguments(request),
      signal: request.signal,
      stallMs: STALL_MS,
      onStdout: (chunk) => sink.take(chunk),
      onStderrLine: (line) => {
        const corrected = CORRECTED_START.exec(line)?.[1];
        if (corrected !== undefined) correctedMicroseconds = Number(corrected);
      },
    });
    if (result.exitCode !== 0) throw translateFailure(request, result);
    const decoded = await sink.end();
    return { ...decoded, offsetSamples: Math.round((correctedMicroseconds * SAMPLE_RATE) / 1e6) };
  } finally {
    await file.close();
  }
}

/**
 * Matroska carries the time stamps along. FFmpeg's own way to put audio on the time line (`aresample=async`) holds a gap in
 * memory as a whole: 3 GB for two hours.
 */
function decodeArguments({ inputPath, audioTrack }: DecodeRequest): string[] {
  return [
    '-hide_banner', '-nostdin', '-v', 'verbose', ...inputArguments(inputPath),
    '-map', `0:a:${audioTrack}`, '-af', `aresample=${SAMPLE_RATE}`, '-ac', '1', '-c:a', 'pcm_s16le',
    '-avoid_negative_ts', 'disabled', '-f', 'matroska', 'pipe:1',
  ];
}

class PcmSink {
  readonly #file: FileHandle;
  readonly #onProgress: (seconds: number) => void;
  readonly #reader = new PcmMatroskaReader();
  readonly #timeline = new PcmTimeline();
  readonly #meter = new LevelMeter();

  constructor(file: FileHandle, onProgress: (seconds: number) => void) {
    this.#file = file;
    this.#onProgress = onProgress;
  }

  async take(chunk: Buffer): Promise<void> {
    let position = this.#timeline.samples;
    let pieces: Buffer[] = [];
    const flush = async (): Promise<void> => {
      const bytes = Buffer.concat(pieces);
      pieces = [];
      if (bytes.length > 0) await writeAll(this.#file, bytes, position * BYTES_PER_SAMPLE);
      position += bytes.length / BYTES_PER_SAMPLE;
    };
    for (const block of this.#reader.push(chunk)) {
      for (const stretch of this.#timeline.place(block)) {
        this.#meter.push(stretch);
        if ('pcm' in stretch) pieces.push(stretch.pcm);
        else {
          await flush();
          position += stretch.silentSamples;
        }
      }
    }
    await flush();
    this.#onProgress(this.#timeline.samples / SAMPLE_RATE);
  }

  async end(): Promise<{ samples: number; levels: Int8Array }> {
    await this.#file.truncate(this.#timeline.samples * BYTES_PER_SAMPLE);
    await this.#file.datasync();
    return { samples: this.#timeline.samples, levels: this.#meter.levels() };
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

function translateFailure({ inputPath, audioTrack }: DecodeRequest, result: ToolResult): TaskError {
  const name = basename(inputPath);
  const details = describeExit(result);
  if (/matches no streams/.test(result.stderrTail)) {
    return new TaskError('INPUT_NO_STREAM', `${name} has no audio track ${audioTrack}. Choose another with audioTrack (counted from 0).`, { details });
  }
  if (/No such file or directory/.test(result.stderrTail)) {
    return new TaskError('INPUT_MISSING', `${name} is not there any more. Put it back, then retry.`, { details });
  }
  return new TaskError('INPUT_DAMAGED', `FFmpeg could not decode the audio of ${name}. The file seems to be damaged; try another copy.`, { details });
}
