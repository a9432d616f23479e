import { basename, extname } from 'node:path';

/** Longest file name in bytes on the file systems in use: ext4, APFS, NTFS (there in UTF-16 units, so never tighter). */
const NAME_LIMIT_BYTES = 255;
/** Room for ` (99)`, which publishing adds when the name is taken. */
const COUNTER_BYTES = 5;

/**
 * `interview.mov`, `.preview`, `mp4` → `interview.preview.mp4`. A name that would be too long is cut between two characters as
 * people see them; suffix and extension stay.
 */
export function outputName(inputPath: string, suffix: string, extension: string): string {
  const name = basename(inputPath);
  const end = `${suffix}.${extension}`;
  return truncate(basename(name, extname(name)), NAME_LIMIT_BYTES - COUNTER_BYTES - Buffer.byteLength(end)) + end;
}

function truncate(text: string, limitBytes: number): string {
  if (Buffer.byteLength(text) <= limitBytes) return text;
  let kept = '';
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > limitBytes) break;
    kept += segment;
  }
  return kept.trimEnd();
}
