/** All that the steps of one conversion share. */
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import type { VideoStream } from '../../media/media-info.ts';
import type { AttemptContext } from '../handler.ts';
import type { ConvertPart, ConvertPlan, Encoding } from './plan.ts';
import type { Source } from './source.ts';
import type { Timeline } from './timeline.ts';

export type ConvertContext = AttemptContext<VideoConvertOptions, ConvertPlan, ConvertPart>;

export interface FilmWork {
  readonly context: ConvertContext;
  readonly source: Source;
  readonly film: VideoStream;
  readonly encoding: Encoding;
}

export interface SegmentedWork extends FilmWork {
  readonly plan: ConvertPlan;
  readonly timeline: Timeline;
}
