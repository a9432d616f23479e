/** A name that a browser sends, made safe to be a file's on every system. */

/** Most file systems take 255 bytes; what is left is for ` (2)` and the endings of results. */
const MAX_NAME_BYTES = 180;
/** A longer ending is no ending. */
const MAX_EXTENSION_BYTES = 20;
/** Names that Windows keeps for devices, with any ending. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)/iu;
/** Control characters, marks that turn the direction of writing (they hide an ending), and what Windows has no names with. */
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"|?*]/gu;

/** The last part of the name without what is not allowed; `upload` where nothing is left. Never starts with a dot. */
export function safeFileName(name: string): string {
  const last = name.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const allowed = last.replace(FORBIDDEN, '_').replace(/^[.\s]+/u, '').replace(/[.\s]+$/u, '');
  const named = RESERVED.test(allowed) ? `_${allowed}` : allowed;
  return shorten(named) || 'upload';
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && Buffer.byteLength(name.slice(dot)) <= MAX_EXTENSION_BYTES ? name.slice(dot) : '';
  const room = MAX_NAME_BYTES - Buffer.byteLength(extension);
  let stem = '';
  for (const { segment } of new Intl.Segmenter().segment(name.slice(0, name.length - extension.length))) {
    if (Buffer.byteLength(stem + segment) > room) break;
    stem += segment;
  }
  return `${stem.trimEnd()}${extension}`;
}
