/** Every task type's handler, by type. Loaded in worker processes only. */
import type { Handler } from './handler.ts';
import { handler as audioPicture } from './audio-picture/index.ts';
import { handler as documentPreview } from './document-preview/index.ts';
import { handler as imageConvert } from './image-convert/index.ts';
import { handler as imageThumbnail } from './image-thumbnail/index.ts';
import { handler as mediaEdit } from './media-edit/index.ts';
import { handler as modelPreview } from './model-preview/index.ts';
import { handler as report } from './report/index.ts';
import { handler as transcribe } from './transcribe/index.ts';
import { handler as videoConvert } from './video-convert/index.ts';
import { handler as videoPreview } from './video-preview/index.ts';
import { handler as videoThumbnail } from './video-thumbnail/index.ts';

export const HANDLERS: ReadonlyMap<string, Handler> = new Map([audioPicture, mediaEdit, imageConvert, imageThumbnail, documentPreview, modelPreview, report, transcribe, videoConvert, videoPreview, videoThumbnail].map((handler) => [handler.type, handler]));
