/** Finds DRM in MP4 files by their sample entries: FFmpeg 5 does not report it, and would decode noise. */
import { open, type FileHandle } from 'node:fs/promises';

/** Boxes on the way to the sample entries (ISO/IEC 14496-12, 8.1 to 8.5). */
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
/** Sample entries of encrypted tracks: Common Encryption (ISO/IEC 23001-7) and FairPlay (iTunes purchases). */
const ENCRYPTED_ENTRIES = new Set(['encv', 'enca', 'drmi', 'drms']);
/** `size`, `type` and a 64-bit size. */
const HEADER_BYTES = 16;
/** A file has some dozens of boxes on that way; thousands mean a damaged one, which FFmpeg shall judge. */
const MAX_BOXES = 20_000;

/** Whether an MP4 or MOV file has an encrypted video or audio track. Reads headers only. */
export async function hasEncryptedTrack(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return await searchBoxes(file, 0, size, { left: MAX_BOXES });
  } finally {
    await file.close();
  }
}

async function searchBoxes(file: FileHandle, from: number, to: number, budget: { left: number }): Promise<boolean> {
  let offset = from;
  while (offset + 8 <= to && budget.left-- > 0) {
    const header = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, offset);
    if (bytesRead < 8) return false;
    const type = header.toString('latin1', 4, 8);
    const { headerBytes, boxBytes } = sizeOf(header, to - offset);
    if (boxBytes < headerBytes) return false;
    const end = Math.min(offset + boxBytes, to);
    if (ENCRYPTED_ENTRIES.has(type)) return true;
    if (CONTAINERS.has(type) && (await searchBoxes(file, offset + headerBytes, end, budget))) return true;
    // stsd: version and flags, the number of entries, then the entries as boxes.
    if (type === 'stsd' && (await searchBoxes(file, offset + headerBytes + 8, end, budget))) return true;
    offset = end;
  }
  return false;
}

/** Size 1: the real one follows in 64 bits. Size 0: up to the end. */
function sizeOf(header: Buffer, rest: number): { headerBytes: number; boxBytes: number } {
  const short = header.readUInt32BE(0);
  if (short === 1) return { headerBytes: 16, boxBytes: Number(header.readBigUInt64BE(8)) };
  return { headerBytes: 8, boxBytes: short === 0 ? rest : short };
}
