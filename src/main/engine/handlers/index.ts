/** Every task type's handler, by type. Loaded in worker processes only. */
import type { Handler } from './handler.ts';
import { handler as report } from './report/index.ts';
import { handler as transcribe } from './transcribe/index.ts';
import { handler as videoConvert } from './video-convert/index.ts';
import { handler as videoPreview } from './video-preview/index.ts';
import { handler as videoThumbnail } from './video-thumbnail/index.ts';

export const HANDLERS: ReadonlyMap<string, Handler> = new Map([report, transcribe, videoConvert, videoPreview, videoThumbnail].map((handler) => [handler.type, handler]));
