/** How FFmpeg and ffprobe are given files: only as local files, only as real media. Everything that opens a user's file uses this. */
import { resolve } from 'node:path';

/**
 * Demuxers that read one self-contained media file. Left out on purpose: playlists and manifests (hls, dash, concat, imf, sdp),
 * which open other files or hosts; subtitles and pictures; devices; `tty`, which takes any text for a film; raw formats without a
 * signature, which take anything. Names that an FFmpeg does not know are harmless.
 */
export const MEDIA_FORMATS = [
  'mov', 'matroska', 'webm', 'avi', 'mpegts', 'mpeg', 'mpegvideo', 'm4v', 'h264', 'hevc', 'vvc', 'av1', 'obu', 'ivf', 'vc1', 'cavsvideo', 'dirac',
  'flv', 'live_flv', 'asf', 'asf_o', 'rm', 'mxf', 'gxf', 'dv', 'nut', 'nuv', 'wtv', 'dhav', 'swf', 'gif', 'yuv4mpegpipe', 'bink', 'smk', 'roq',
  'wav', 'w64', 'aiff', 'caf', 'au', 'flac', 'ogg', 'mp3', 'aac', 'ac3', 'eac3', 'dts', 'dtshd', 'mlp', 'truehd', 'amr', 'ape', 'tta', 'tak', 'wv',
  'mpc', 'mpc8', 'dsf', 'iff', 'voc', 'oma', 'xwma', 'qcp', 'spdif', 'loas', 'latm', 'ast', 'sox', 'rso',
] as const;

/** Only files, and the pipes that FFmpeg's own outputs use. */
const PROTOCOLS = 'file,pipe';

/** `-i` of a user's file with the options that must stand before it. The path becomes absolute and can't be read as an option or a URL. */
export function inputArguments(path: string): string[] {
  return [...inputLimits(), '-i', inputUrl(path)];
}

/** The limits alone, for callers that put further input options (`-ss`) before `-i`, and for ffprobe. */
export function inputLimits(): string[] {
  return ['-protocol_whitelist', PROTOCOLS, '-format_whitelist', MEDIA_FORMATS.join(',')];
}

/** A path as FFmpeg's file protocol takes it: everything after `file:` is the name, whatever it holds. */
export function inputUrl(path: string): string {
  return `file:${resolve(path)}`;
}

/**
 * `-i` of a concat list that we have written ourselves: it may name MP4 parts and nothing else. Its name is relative to the process's
 * folder, as are its entries, so no folder name needs quoting.
 */
export function concatArguments(listName: string): string[] {
  return ownListArguments(listName, 'mov');
}

/** The same of a list of WAV parts. */
export function soundListArguments(listName: string): string[] {
  return ownListArguments(listName, 'wav');
}

function ownListArguments(listName: string, format: 'mov' | 'wav'): string[] {
  return ['-protocol_whitelist', PROTOCOLS, '-format_whitelist', `concat,${format}`, '-f', 'concat', '-safe', '0', '-i', listName];
}

/**
 * `-i` of a list of ours that names users' files. Each of them was opened under the usual limits before, so none is a list itself; those
 * limits hold here too, but for the list's own format.
 */
export function joinListArguments(listName: string): string[] {
  return ['-protocol_whitelist', PROTOCOLS, '-format_whitelist', ['concat', ...MEDIA_FORMATS].join(','), '-f', 'concat', '-safe', '0', '-i', listName];
}
