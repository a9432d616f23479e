/** libvips' words for what went wrong with a picture, as TaskErrors. */
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';

/** What it says when a disk is full: the system's own words, or that nothing could be written. */
const DISK_FULL = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/;

/** A failure while a picture was read or turned into another. */
export function imageFailure(thrown: unknown, inputPath: string): TaskError {
  if (thrown instanceof TaskError) return thrown;
  const name = displayName(inputPath);
  const details = thrown instanceof Error ? thrown.message : String(thrown);
  const options = { cause: thrown, details };
  if (DISK_FULL.test(details)) return new TaskError('DISK_FULL', 'The disk is full. Free some space; the task goes on by itself.', { ...options, retryable: true });
  if (/pixel limit|too many pixels|exceeds (the )?limit|dimensions too large|Maximum image size|image too large/i.test(details)) return tooLarge(name, options);
  if (/amplification|referenced elements|too deep|Excessive depth|nested/i.test(details)) {
    return new TaskError('INPUT_NOT_ALLOWED', `${name} grows without end when it is drawn, as files made to harm do. Choose another file.`, options);
  }
  if (/timeout/i.test(details)) return new TaskError('INPUT_NOT_ALLOWED', `${name} takes longer to draw than any picture should. Make it simpler, or choose another file.`, options);
  if (/unsupported image format|is of an unknown format/i.test(details)) return notAPicture(name, options);
  if (/out of memory|Cannot allocate memory/i.test(details)) return new TaskError('UNAVAILABLE', `There was not enough memory for ${name}. Close other programs; the task tries again.`, { ...options, retryable: true });
  return new TaskError('INPUT_DAMAGED', `${name} is damaged or was cut short. Copy or download it again.`, options);
}

/** What is no picture of a kind that can be read. */
export function notAPicture(name: string, options: { cause?: unknown; details?: string } = {}): TaskError {
  return new TaskError('INPUT_NOT_MEDIA', `${name} is not a picture that Longhaul can read: JPEG, PNG, WebP, AVIF, GIF, TIFF, SVG, HEIC or camera raw. Choose another file.`, options);
}

/** A picture that would fill the memory. */
export function tooLarge(name: string, options: { cause?: unknown; details?: string } = {}): TaskError {
  return new TaskError('INPUT_NOT_ALLOWED', `${name} has more pixels than Longhaul unpacks (a thousand million; 250 million in formats that unpack as a whole). Make it smaller with the program that it comes from.`, options);
}
