/** Which files a type makes, known before it is done. */
import { audioPictureOptions, mediaEditOptions, type MediaEditOptions } from '../../../shared/media-options.ts';
import { modelPreviewOptions, type ModelPreviewOptions } from '../../../shared/model-options.ts';
import { transcribeOptions, videoConvertOptions, videoPreviewOptions, videoThumbnailOptions } from '../../../shared/options.ts';
import type { Recipe } from '../../../shared/recipe.ts';

/** Endings without their dot; null: it shows when the task is over. */
export function outputExtensions({ type, options }: Pick<Recipe, 'type' | 'options'>): readonly string[] | null {
  switch (type) {
    case 'transcribe':
      return transcribeOptions.safeParse(options).data?.formats ?? null;
    case 'video_convert': {
      const container = videoConvertOptions.safeParse(options).data?.container;
      return container === undefined ? null : [container];
    }
    case 'video_preview': {
      const format = videoPreviewOptions.safeParse(options).data?.format;
      return format === undefined ? null : [format];
    }
    case 'audio_picture': {
      const format = audioPictureOptions.safeParse(options).data?.format;
      return format === undefined ? null : [format];
    }
    case 'media_edit':
      return editExtension(mediaEditOptions.safeParse(options).data);
    case 'video_thumbnail': {
      const format = videoThumbnailOptions.safeParse(options).data?.format;
      return format === undefined ? null : [format];
    }
    case 'model_preview':
      return modelExtensions(modelPreviewOptions.safeParse(options).data);
    default:
      return null;
  }
}

function modelExtensions(options: ModelPreviewOptions | undefined): readonly string[] | null {
  if (options === undefined) return null;
  return [...new Set(options.what.map((what) => (what === 'data' ? 'json' : what === 'turntable' ? options.turntableFormat : options.format)))];
}

/** Where a container is not named, the input decides. */
function editExtension(options: MediaEditOptions | undefined): readonly string[] | null {
  if (options?.action === 'subtitles') return [options.subtitleFormat];
  if (options?.action === 'toPictures') return [options.pictureFormat];
  if (options?.action === 'fromPictures') return ['mp4'];
  return options === undefined || options.container === 'source' ? null : [options.container];
}
