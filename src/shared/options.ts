/** The options of each task type. Recipes are named presets of them; `--set KEY=VALUE` changes one. */
import * as z from 'zod';
import { documentPreviewOptions } from './document-options.ts';
import { imageConvertOptions, imageThumbnailOptions } from './image-options.ts';
import { audioPictureOptions, convertExtras, mediaEditOptions, previewExtras } from './media-options.ts';
import { modelPreviewOptions } from './model-options.ts';
import type { TaskType } from './task.ts';
import { textLike } from './text-like.ts';

/** Options that every type has. */
const common = {
  /** Replace an existing output file. Off: ` (2)` is added to the name. The input is never overwritten. */
  overwrite: z.boolean().default(false),
};

export const TRANSCRIPT_FORMATS = ['srt', 'vtt', 'txt', 'json'] as const;

export const transcribeOptions = z.strictObject({
  ...common,
  /** ISO 639-1 code (Whisper's list), or auto. With only English models auto means English. */
  language: textLike(/^(auto|[a-z]{2,3})$/, 'auto, or a language code such as en').default('auto'),
  /** A model's name (large-v3, small.en …), the path of a ggml file, or auto: the best one on the machine. */
  model: z.string().min(1).default('auto'),
  /** Word times in VTT and JSON. */
  wordTimestamps: z.boolean().default(false),
  /** Translate to English. Needs a multilingual model. */
  translate: z.boolean().default(false),
  /** Files to write. */
  formats: z.array(z.enum(TRANSCRIPT_FORMATS)).min(1).default(['srt', 'vtt', 'txt', 'json']),
  /** Audio track to transcribe, counted from 0. */
  audioTrack: z.int().min(0).default(0),
});
export type TranscribeOptions = z.infer<typeof transcribeOptions>;

export const videoConvertOptions = z.strictObject({
  ...common,
  container: z.enum(['mp4', 'mkv', 'webm', 'mp3', 'wav', 'm4a', 'flac', 'ogg']),
  /** none: audio only. */
  videoCodec: z.enum(['h264', 'h265', 'vp9', 'av1', 'none']),
  audioCodec: z.enum(['aac', 'opus', 'mp3', 'flac', 'pcm', 'none']),
  /** Constant quality; each step down is roughly half the size. */
  quality: z.enum(['low', 'medium', 'high']).default('medium'),
  /** Encoder effort: slower is smaller at the same quality. */
  speed: z.enum(['slow', 'medium', 'fast']).default('medium'),
  /** Height limit; smaller sources are not enlarged. */
  resolution: z.enum(['source', '2160p', '1440p', '1080p', '720p', '480p', '360p']).default('source'),
  /** kbit/s for a stereo track; ignored by lossless codecs. */
  audioBitrateKbps: z.int().min(16).max(512).default(160),
  /** Which audio tracks are kept: all, none, or numbers counted from 0 with commas between. */
  audioTracks: textLike(/^(all|none|\d+(,\d+)*)$/, 'all, none, or track numbers such as 0,2').default('all'),
  /** Text subtitles kept where the container can carry them. */
  subtitles: z.enum(['keep', 'none']).default('keep'),
  /** hardware: a hardware encoder where one is found and works, else software, and the task says so. */
  encoder: z.enum(['software', 'hardware']).default('software'),
  /** HDR sources: keep (10 bit, colour tags and mastering data kept), sdr (tone mapped), auto: keep for h265 and av1, sdr else. */
  dynamicRange: z.enum(['auto', 'keep', 'sdr']).default('auto'),
  ...convertExtras,
});
export type VideoConvertOptions = z.infer<typeof videoConvertOptions>;

export const videoPreviewOptions = z.strictObject({
  ...common,
  /** Length of the whole preview. */
  durationSeconds: z.number().min(1).max(300).default(12),
  /** Clips taken evenly from the source; 1 takes one piece from the start third. */
  clips: z.int().min(1).max(60).default(6),
  resolution: z.enum(['source', '1080p', '720p', '480p', '360p', '240p']).default('480p'),
  audio: z.boolean().default(true),
  ...previewExtras,
});
export type VideoPreviewOptions = z.infer<typeof videoPreviewOptions>;

export const videoThumbnailOptions = z.strictObject({
  ...common,
  /** single: the most telling frame. contact-sheet: a grid of frames taken evenly. */
  layout: z.enum(['single', 'contact-sheet']).default('single'),
  /** single: take the frame at this second instead of choosing one. */
  atSeconds: z.number().nonnegative().nullable().default(null),
  /** Pixels; of the image (single) or of each cell (contact-sheet). Smaller sources are not enlarged. */
  width: z.int().min(16).max(7680).default(1280),
  columns: z.int().min(1).max(20).default(4),
  rows: z.int().min(1).max(50).default(4),
  /** Print each frame's time on the contact sheet. */
  timestamps: z.boolean().default(true),
  format: z.enum(['jpg', 'png', 'webp']).default('jpg'),
});
export type VideoThumbnailOptions = z.infer<typeof videoThumbnailOptions>;

export const reportOptions = z.strictObject({
  ...common,
  /** csv: a line per task, for spreadsheets. json: everything. */
  format: z.enum(['csv', 'json']).default('csv'),
});
export type ReportOptions = z.infer<typeof reportOptions>;

/** What Longhaul does for itself, by its schedules. */
export const MAINTENANCE_ACTIONS = ['cleanUp', 'backup', 'healthCheck', 'quotaReset', 'folder'] as const;
export const maintenanceOptions = z.strictObject({
  action: z.enum(MAINTENANCE_ACTIONS),
  /** folder: what is done with each file in it that is new. */
  folder: z.string().nullable().default(null),
  recipe: z.string().nullable().default(null),
  outputDir: z.string().nullable().default(null),
  /** quotaReset: what is counted afresh. */
  period: z.enum(['hour', 'month']).nullable().default(null),
});
export type MaintenanceOptions = z.infer<typeof maintenanceOptions>;

/** Schema by task type. Defaults are filled in when a task is added, so a stored task never changes with them. */
export const OPTION_SCHEMAS = {
  transcribe: transcribeOptions,
  video_convert: videoConvertOptions,
  video_preview: videoPreviewOptions,
  video_thumbnail: videoThumbnailOptions,
  image_convert: imageConvertOptions,
  image_thumbnail: imageThumbnailOptions,
  document_preview: documentPreviewOptions,
  model_preview: modelPreviewOptions,
  audio_picture: audioPictureOptions,
  media_edit: mediaEditOptions,
  report: reportOptions,
  maintenance: maintenanceOptions,
} as const satisfies Record<TaskType, z.ZodObject>;
