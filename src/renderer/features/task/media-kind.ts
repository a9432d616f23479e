/** How a file can be shown, by its name: what it really holds turns out when it is. */

export type MediaKind = 'video' | 'audio' | 'image' | 'text' | 'other';

const EXTENSIONS: readonly (readonly [MediaKind, RegExp])[] = [
  ['video', /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|m?ts|m2ts|wmv|flv|3gp|ogv|mxf|vob)$/i],
  ['audio', /\.(mp3|wav|m4a|aac|flac|og[ga]|opus|wma|aiff?|amr|caf|ac3)$/i],
  ['image', /\.(jpe?g|png|webp|gif|avif|bmp)$/i],
  ['text', /\.(txt|srt|vtt|ass|json|csv)$/i],
];

export function mediaKind(path: string): MediaKind {
  return EXTENSIONS.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';
}
