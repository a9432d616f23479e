/** Decides whether two fields are put together into whole pictures, by what the container says or the pictures show. */
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { detectFields } from '../../media/interlace.ts';
import { shownSize, type VideoStream } from '../../media/media-info.ts';
import type { AttemptContext } from '../handler.ts';
import type { Fields } from './picture.ts';
import type { Source } from './source.ts';

/** Heights of television: elsewhere fields are so rare that a film without a word about them is not looked at. */
const FIELD_HEIGHTS = new Set([480, 486, 576, 1080]);
/** Where to look: past titles, and once more where the first place holds still. */
const PLACES = [0.3, 0.6, 0.05] as const;

/** Throws nothing of its own; says in the log what was seen. */
export async function chooseFields({ task, tools, signal, log }: AttemptContext<VideoConvertOptions, unknown, unknown>, source: Source, film: VideoStream): Promise<Fields> {
  const { deinterlace } = task.options;
  if (deinterlace === 'off') return 'none';
  if (deinterlace === 'auto' && (film.fieldOrder !== null || !FIELD_HEIGHTS.has(shownSize(film).height))) return 'flagged';
  const seconds = film.durationSeconds ?? source.media.durationSeconds ?? 0;
  const found = await detectFields({ ffmpegPath: tools.ffmpegPath, path: source.path, stream: film.index, atSeconds: PLACES.map((share) => share * seconds), signal });
  log(found === null ? 'the pictures show no fields' : `the pictures show fields (${found}): they are deinterlaced`);
  if (found !== null) return found;
  return deinterlace === 'on' ? statedOrder(film) : 'flagged';
}

function statedOrder({ fieldOrder }: VideoStream): 'tff' | 'bff' {
  return fieldOrder === 'bb' || fieldOrder === 'bt' ? 'bff' : 'tff';
}
