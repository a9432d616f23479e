/** Forecasts an edit. Plain values in and out. */
import type { MediaEditOptions } from '../../../../shared/media-options.ts';
import type { Estimate } from '../../../../shared/task.ts';
import type { MediaInfo } from '../../media/media-info.ts';

/** Copying reads, writes, syncs, hashes and reads again for the check: what a plain hard disk does with each byte. */
const COPY_BYTES_PER_SECOND = 60_000_000;
/** What is encoded again goes at about the speed of a medium conversion of 1080p on two cores. */
const ENCODE_PACE = 1.2;
const FFMPEG_BYTES = 120_000_000;
const OVERHEAD_SECONDS = 1;

/** The length of what `files` name is not known here: a join is at least as long as its first file, times their number. */
export function estimateEdit(options: MediaEditOptions, media: MediaInfo, mediaSeconds: number): Estimate {
  const end = Math.min(options.endSeconds ?? mediaSeconds, mediaSeconds);
  const share = options.action === 'trim' && mediaSeconds > 0 ? Math.max(0, end - options.startSeconds) / mediaSeconds : options.action === 'join' ? options.files.length + 1 : 1;
  const bytes = media.sizeBytes * share;
  const isEncoded = (options.action === 'trim' && options.cut === 'exact') || (options.action === 'join' && options.mismatch === 'convert');
  return {
    seconds: OVERHEAD_SECONDS + bytes / COPY_BYTES_PER_SECOND + (isEncoded ? mediaSeconds * share * ENCODE_PACE : 0),
    memoryBytes: FFMPEG_BYTES + (isEncoded ? 600_000_000 : 0),
    tempBytes: bytes * (isEncoded ? 2 : 1),
    mediaSeconds: mediaSeconds * share,
  };
}
