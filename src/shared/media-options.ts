/** Options of work on video and audio beyond plain conversion; put together with the others in options.ts. */
import * as z from 'zod';
import { textLike } from './text-like.ts';

/** An absolute path of a further file. It is opened under the same limits as an input. */
const furtherFile = z.string().min(1).max(4096);

/** What a conversion can be told beyond codecs and quality. */
export const convertExtras = {
  /** Integrated loudness that every audio track is brought to (EBU R128), in LUFS: -23 broadcast, -16 podcast. Null: left as it is. */
  loudnessLufs: z.number().min(-40).max(-5).nullable().default(null),
  /** Highest true peak after loudness normalisation, in dBTP. */
  truePeakDb: z.number().min(-9).max(0).default(-1),
  /**
   * Size of the whole file in MB (10^6 bytes): never more, at most 2 % less where the film can use it (with vp9 some 5 %, and the task
   * says so). Null: quality decides.
   */
  targetMegabytes: z.number().min(0.1).max(100_000).nullable().default(null),
  /** auto: fields as the container says, or the pictures where it says nothing. detect: always look at the pictures. on: every picture. */
  deinterlace: z.enum(['auto', 'detect', 'on', 'off']).default('auto'),
  /** Draw subtitles into the picture: from `subtitleFile`, the task before or a file beside the film (file), or from a track counted from 0 (track:0). */
  burnSubtitles: textLike(/^(none|file|track:\d{1,3})$/, 'none, file, or a track such as track:0').default('none'),
  /** Absolute path of an SRT, VTT or ASS file for burnSubtitles=file. */
  subtitleFile: furtherFile.nullable().default(null),
  /** Shape of the picture, width to height. */
  shape: z.enum(['source', '16:9', '9:16', '1:1', '4:5']).default('source'),
  /** How it gets that shape: by cutting off what is too much, or by black bars. */
  shapeFit: z.enum(['crop', 'pad']).default('crop'),
  /** Most frames in a second; a film with fewer keeps its own. */
  maxFrameRate: z.number().min(1).max(240).nullable().default(null),
} as const;

/** What a preview can be besides a film. */
export const previewExtras = {
  /** gif and webp: a picture that moves, without sound. */
  format: z.enum(['mp4', 'gif', 'webp']).default('mp4'),
  /** Most pictures in a second; null: 30 for mp4, 12.5 for gif and webp. */
  frameRate: z.number().min(1).max(60).nullable().default(null),
} as const;

export const PICTURE_KINDS = ['waveform', 'spectrogram'] as const;
/** `#rrggbb`. Names are left out: a filter's argument takes nothing that was not matched here. */
const colour = textLike(/^#[0-9a-fA-F]{6}$/, 'a colour like #3b82f6');

export const audioPictureOptions = z.strictObject({
  /** Replace an existing output file. Off: ` (2)` is added to the name. */
  overwrite: z.boolean().default(false),
  kind: z.enum(PICTURE_KINDS).default('waveform'),
  /** Pixels of the whole picture. */
  width: z.int().min(64).max(8192).default(1600),
  height: z.int().min(32).max(4096).default(400),
  /** mixed: all in one. separate: one below the other. */
  channels: z.enum(['mixed', 'separate']).default('mixed'),
  /** Waveform's colour. */
  colour: colour.default('#3b82f6'),
  /** Behind the waveform; null: transparent where the format can, else white. */
  background: colour.nullable().default(null),
  /** Spectrogram's colours, as FFmpeg's showspectrumpic names them. */
  palette: z.enum(['intensity', 'rainbow', 'fire', 'cool', 'magma', 'viridis', 'plasma', 'moreland', 'green', 'channel']).default('magma'),
  /** How levels become heights or brightness. */
  scale: z.enum(['linear', 'log']).default('linear'),
  /** Axes and a legend beside the spectrogram, within its size. */
  legend: z.boolean().default(false),
  /** Audio track, counted from 0. */
  audioTrack: z.int().min(0).default(0),
  format: z.enum(['png', 'jpg', 'webp']).default('png'),
});
export type AudioPictureOptions = z.infer<typeof audioPictureOptions>;

export const EDIT_ACTIONS = ['remux', 'trim', 'join', 'audio', 'subtitles', 'addSubtitles', 'toPictures', 'fromPictures'] as const;
export const SUBTITLE_FORMATS = ['srt', 'vtt', 'ass'] as const;

export const mediaEditOptions = z.strictObject({
  /** Replace an existing output file. Off: ` (2)` is added to the name. */
  overwrite: z.boolean().default(false),
  /**
   * remux: another container. trim: one piece. join: several files one after the other. audio: one audio track. subtitles: one subtitle
   * track as a text file. addSubtitles: text files as tracks that can be switched on. toPictures: a film as numbered pictures. fromPictures:
   * the numbered picture that is handed in, and those that follow it in its folder, as a film.
   */
  action: z.enum(EDIT_ACTIONS),
  /** source: the input's own kind, or the nearest that can hold the streams. */
  container: z.enum(['source', 'mp4', 'mov', 'mkv', 'webm', 'm4a', 'mka']).default('source'),
  /** trim, toPictures: from here to there, in seconds from the start; null: to the end. */
  startSeconds: z.number().nonnegative().default(0),
  endSeconds: z.number().positive().nullable().default(null),
  /** trim: keyframes copies and starts at the keyframe at or before the start; exact encodes the piece again. */
  cut: z.enum(['keyframes', 'exact']).default('keyframes'),
  /** join: the files that follow the input. addSubtitles: the subtitle files. Absolute paths; empty: what the tasks before have made. */
  files: z.array(furtherFile).max(1000).default([]),
  /** join: what becomes of files whose streams differ: refuse says how, convert makes them alike (H.264 and AAC). */
  mismatch: z.enum(['refuse', 'convert']).default('refuse'),
  /** audio: the track, counted from 0. */
  audioTrack: z.int().min(0).default(0),
  /** subtitles: the track, counted from 0, and the kind of file. */
  subtitleTrack: z.int().min(0).default(0),
  subtitleFormat: z.enum(SUBTITLE_FORMATS).default('srt'),
  /** toPictures: the kind of picture. */
  pictureFormat: z.enum(['png', 'jpg']).default('png'),
  /** toPictures: pictures in a second, null: every one. fromPictures: how many of them make a second, null: 25. */
  frameRate: z.number().min(0.01).max(240).nullable().default(null),
  /** addSubtitles: their languages in the order of the files (ISO 639-2: eng), with commas between; empty: as the files' names say (film.eng.srt). */
  languages: textLike(/^([a-z]{2,3}(,[a-z]{2,3})*)?$/, 'nothing, or language codes such as eng,deu').default(''),
});
export type MediaEditOptions = z.infer<typeof mediaEditOptions>;
