/** Forecasts a task from what ffprobe knows of its input. Plain values in and out. */
import type { Estimate, TaskType } from '../../../shared/task.ts';
import { OPTION_SCHEMAS, type VideoConvertOptions, type VideoPreviewOptions, type VideoThumbnailOptions } from '../../../shared/options.ts';
import { audioStreams, filmStreams, shownSize, type MediaInfo, type VideoStream } from '../media/media-info.ts';
import { estimateAudioPicture } from './audio-picture/estimate.ts';
import { estimateEdit } from './media-edit/estimate.ts';
import { SOFTWARE_ENCODERS } from './video-convert/encoders.ts';

export interface EstimateInput {
  readonly type: TaskType;
  /** Complete options of the type. */
  readonly options: unknown;
  readonly media: MediaInfo;
  /** Work seconds per second of media of earlier tasks of the recipe; null: none yet. */
  readonly pace: number | null;
}

/** Threads of the smallest machine Longhaul is meant for; used where nothing has been measured yet. */
const ASSUMED_CORES = 2;
/** An FFmpeg process with its libraries, before any picture. */
const FFMPEG_BYTES = 90_000_000;
/** Frames of a source whose rate is unknown. */
const ASSUMED_FRAME_RATE = 30;
/** Decoding H.264 at 720p took 0.0033 CPU seconds for a million pixels; HEVC and AV1 about twice that. */
const DECODE_CPU_SECONDS_PER_MEGAPIXEL = 0.005;
/** Audio is encoded at about 350 times real time. */
const AUDIO_PACE = 0.003;
/** loudnorm measures at 192 kHz, before, and the check measures again after: about 40 times real time for each track. */
const LOUDNESS_PACE = 0.04;
/** Bytes of a second of audio at 160 kbit/s. */
const AUDIO_BYTES_PER_SECOND = 20_000;
/** Probing, one start of FFmpeg for each piece, the join and the check. */
const OVERHEAD_SECONDS = 2;

/**
 * Speech, two threads: whisper-cli q8_0 took 24–28 s for 673 s with tiny.en. Larger models by their parameters relative to
 * tiny's 39 million (Whisper's model card), as decoding is bound by reading the weights. Memory: whisper.cpp's own table.
 */
const SPEECH_MODELS = [
  { name: /large/, pace: 1.6, memoryBytes: 3_900_000_000 },
  { name: /turbo/, pace: 0.8, memoryBytes: 2_300_000_000 },
  { name: /medium/, pace: 0.8, memoryBytes: 2_100_000_000 },
  { name: /small/, pace: 0.26, memoryBytes: 852_000_000 },
  { name: /base/, pace: 0.08, memoryBytes: 388_000_000 },
  { name: /tiny/, pace: 0.04, memoryBytes: 273_000_000 },
] as const;
/** 16 kHz, 16 bit, mono: what the windows on disk take. */
const SPEECH_BYTES_PER_SECOND = 32_000;

/** Share of the threads it is given that a type keeps busy on average, until its recipe was measured: decoders and checks wait for each other. */
export const PROCESSOR_SHARE: Readonly<Record<TaskType, number>> = { transcribe: 1, video_convert: 1, video_preview: 0.8, video_thumbnail: 0.5, image_convert: 0.5, image_thumbnail: 0.5, document_preview: 1, model_preview: 1, audio_picture: 0.6, media_edit: 0.3, report: 0, maintenance: 0 };
/** Share of the temporary bytes that lies in the folder for outputs, as drafts; the rest are parts in the work folder. */
export const TEMP_IN_OUTPUT_SHARE: Readonly<Record<TaskType, number>> = { transcribe: 0, video_convert: 0.5, video_preview: 0.5, video_thumbnail: 1, image_convert: 1, image_thumbnail: 1, document_preview: 1, model_preview: 1, audio_picture: 1, media_edit: 1, report: 1, maintenance: 0 };
/** Memory of a task of which only the type is known: a small model; an encoder at 1080p. */
export const UNKNOWN_MEMORY_BYTES: Readonly<Record<TaskType, number>> = {
  transcribe: 950_000_000, video_convert: 600_000_000, video_preview: 300_000_000, video_thumbnail: 200_000_000, image_convert: 250_000_000, image_thumbnail: 150_000_000, document_preview: 400_000_000, model_preview: 450_000_000, audio_picture: 250_000_000, media_edit: 200_000_000, report: 0, maintenance: 0,
};

export function estimateTask({ type, options, media, pace }: EstimateInput): Estimate {
  const mediaSeconds = media.durationSeconds ?? 0;
  switch (type) {
    case 'transcribe':
      return estimateSpeech(OPTION_SCHEMAS.transcribe.parse(options).model, mediaSeconds, pace);
    case 'video_convert':
      return estimateConvert(OPTION_SCHEMAS.video_convert.parse(options), media, mediaSeconds, pace);
    case 'video_preview':
      return estimatePreview(OPTION_SCHEMAS.video_preview.parse(options), media, mediaSeconds);
    case 'video_thumbnail':
      return estimateThumbnail(OPTION_SCHEMAS.video_thumbnail.parse(options), media, mediaSeconds);
    case 'audio_picture':
      return estimateAudioPicture(OPTION_SCHEMAS.audio_picture.parse(options), mediaSeconds, pace);
    case 'media_edit':
      return estimateEdit(OPTION_SCHEMAS.media_edit.parse(options), media, mediaSeconds);
    // Forecast from headers, sizes, pages or triangles: see image-estimate.ts, document-preview/estimate.ts and model-preview/estimate.ts.
    case 'image_convert':
    case 'image_thumbnail':
    case 'document_preview':
    case 'model_preview':
    case 'report':
    case 'maintenance':
      return { seconds: 1, memoryBytes: 0, tempBytes: 0, mediaSeconds: 0 };
  }
}

/** Pace of a conversion that nobody has measured on this machine yet. */
export function assumedConvertPace(options: VideoConvertOptions, film: VideoStream, outputPixels: number, cores: number): number {
  if (options.videoCodec === 'none') return AUDIO_PACE;
  const rate = frameRateOf(film);
  const encode = SOFTWARE_ENCODERS[options.videoCodec].cpuSecondsPerMegapixel[options.speed] * (outputPixels / 1e6) * rate;
  const decode = DECODE_CPU_SECONDS_PER_MEGAPIXEL * ((film.width * film.height) / 1e6) * rate;
  return (encode + decode) / cores + AUDIO_PACE;
}

/** Pixels of a frame after the resolution limit, whose number is the shorter side. */
export function limitedPixels(film: VideoStream, resolution: VideoConvertOptions['resolution'] | VideoPreviewOptions['resolution']): number {
  const { width, height } = shownSize(film);
  const limit = resolution === 'source' ? Infinity : Number.parseInt(resolution, 10);
  const factor = Math.min(1, limit / Math.min(width, height));
  return width * height * factor * factor;
}

function estimateSpeech(model: string, mediaSeconds: number, pace: number | null): Estimate {
  // auto: nobody has looked for models yet; small is the middle of what people have.
  const size = SPEECH_MODELS.find(({ name }) => name.test(model)) ?? SPEECH_MODELS[3];
  return { seconds: mediaSeconds * (pace ?? size.pace) + OVERHEAD_SECONDS, memoryBytes: size.memoryBytes + FFMPEG_BYTES, tempBytes: mediaSeconds * SPEECH_BYTES_PER_SECOND, mediaSeconds };
}

function estimateConvert(options: VideoConvertOptions, media: MediaInfo, mediaSeconds: number, pace: number | null): Estimate {
  const film = filmStreams(media)[0];
  const audioBytes = mediaSeconds * AUDIO_BYTES_PER_SECOND * Math.max(1, audioStreams(media).length);
  if (options.videoCodec === 'none' || film === undefined) {
    const lossless = options.audioCodec === 'pcm' || options.audioCodec === 'flac' ? 10 : 1;
    return { seconds: mediaSeconds * (pace ?? (options.loudnessLufs === null ? AUDIO_PACE : AUDIO_PACE + LOUDNESS_PACE)) + OVERHEAD_SECONDS, memoryBytes: FFMPEG_BYTES, tempBytes: audioBytes * lossless, mediaSeconds };
  }
  const pixels = limitedPixels(film, options.resolution);
  const facts = SOFTWARE_ENCODERS[options.videoCodec];
  const quality = { low: 0.5, medium: 1, high: 2 }[options.quality];
  const freeBytes = (facts.bitsPerPixel * quality * pixels * frameRateOf(film) * mediaSeconds) / 8;
  const videoBytes = options.targetMegabytes === null ? freeBytes : Math.min(2 * freeBytes, options.targetMegabytes * 1e6);
  // A wanted size takes a pass over the film before the one that counts.
  const passes = options.targetMegabytes === null ? 1 : 2;
  const measuring = options.loudnessLufs === null ? 0 : LOUDNESS_PACE * Math.max(1, audioStreams(media).length);
  return {
    seconds: mediaSeconds * (pace ?? passes * assumedConvertPace(options, film, pixels, ASSUMED_CORES) + measuring) + OVERHEAD_SECONDS,
    memoryBytes: FFMPEG_BYTES + facts.bytesPerPixel * pixels + 30 * film.width * film.height,
    // The parts, and the output that is joined from them before they go.
    tempBytes: 2 * (videoBytes + audioBytes),
    mediaSeconds,
  };
}

function estimatePreview(options: VideoPreviewOptions, media: MediaInfo, mediaSeconds: number): Estimate {
  const film = filmStreams(media)[0];
  const pixels = film === undefined ? 0 : limitedPixels(film, options.resolution);
  const seconds = Math.min(options.durationSeconds, mediaSeconds);
  const clips = Math.min(options.clips, Math.max(1, Math.floor(seconds)));
  const facts = SOFTWARE_ENCODERS.h264;
  const rate = film === undefined ? 0 : frameRateOf(film);
  // Each clip starts at a keyframe before its start: a few seconds more to decode.
  const decodePixels = film === undefined ? 0 : film.width * film.height * rate * (seconds + 5 * clips);
  const work = (facts.cpuSecondsPerMegapixel.medium * pixels * rate * seconds + DECODE_CPU_SECONDS_PER_MEGAPIXEL * decodePixels) / 1e6 / ASSUMED_CORES;
  return { seconds: work + 0.3 * clips + OVERHEAD_SECONDS, memoryBytes: FFMPEG_BYTES + facts.bytesPerPixel * pixels, tempBytes: (2 * facts.bitsPerPixel * pixels * rate * seconds) / 8 + seconds * 2 * AUDIO_BYTES_PER_SECOND, mediaSeconds };
}

function estimateThumbnail(options: VideoThumbnailOptions, media: MediaInfo, mediaSeconds: number): Estimate {
  const film = filmStreams(media)[0];
  const pixels = film === undefined ? 0 : film.width * film.height;
  const frames = options.layout === 'single' ? 8 : options.columns * options.rows;
  // A seek decodes about a GOP of some five seconds.
  const perFrame = 0.2 + (DECODE_CPU_SECONDS_PER_MEGAPIXEL * pixels * 5 * ASSUMED_FRAME_RATE) / 1e6 / ASSUMED_CORES;
  return { seconds: frames * perFrame + OVERHEAD_SECONDS, memoryBytes: FFMPEG_BYTES + 60 * pixels, tempBytes: frames * options.width * options.width * 2, mediaSeconds };
}

function frameRateOf(film: VideoStream): number {
  const rate = film.frameRate ?? film.baseFrameRate;
  return rate === null ? ASSUMED_FRAME_RATE : Math.min(240, rate.numerator / rate.denominator);
}
