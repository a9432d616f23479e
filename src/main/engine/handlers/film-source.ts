/** The input of a task about pictures: looked at once, its film found, and watched for changes. */
import { TaskError } from '../../../shared/errors.ts';
import { capabilitiesOf, type Capabilities } from '../media/capabilities.ts';
import { displayName } from '../media/display-name.ts';
import { probeMedia } from '../media/ffprobe.ts';
import { coverArt, filmStreams, type MediaInfo, type VideoStream } from '../media/media-info.ts';
import { listPackets } from '../media/packets.ts';
import { identifySource, isSameSource, type SourceIdentity } from '../media/source-identity.ts';
import type { AttemptContext } from './handler.ts';

export interface FilmSource {
  /** Absolute. */
  readonly path: string;
  readonly media: MediaInfo;
  readonly identity: SourceIdentity;
  readonly capabilities: Capabilities;
}

type Asking = Pick<AttemptContext<unknown, unknown, unknown>, 'task' | 'tools' | 'signal'>;

/** Throws one of the INPUT_ errors for what is no readable media. */
export async function openFilmSource({ task, tools, signal }: Asking): Promise<FilmSource> {
  const path = task.inputs[0];
  if (path === undefined) throw new TaskError('USAGE', 'The task has no input file. Add it again with one.');
  const media = await probeMedia(path, { ffprobePath: tools.ffprobePath, signal });
  const [identity, capabilities] = await Promise.all([identifySource(path), capabilitiesOf(tools.ffmpegPath, signal)]);
  return { path, media, identity, capabilities };
}

/** The film that is meant: the default one, else the first. Cover art is none. `cure` says what the user can do instead. */
export function requireFilm({ media, path }: FilmSource, cure: string): VideoStream {
  const films = filmStreams(media);
  const film = films.find(({ isDefault }) => isDefault) ?? films[0];
  if (film !== undefined) return film;
  const what = coverArt(media).length > 0 ? 'has only a cover picture and no video' : 'has no video';
  throw new TaskError('INPUT_NO_STREAM', `${displayName(path)} ${what}. ${cure}`);
}

/** Throws INPUT_CHANGED when the file is not the one that work began on. */
export async function requireUnchanged({ path, identity }: Pick<FilmSource, 'path' | 'identity'>): Promise<void> {
  const now = await identifySource(path).catch((cause: unknown) => {
    throw new TaskError('INPUT_MISSING', `${displayName(path)} went away while it was worked on. Put it back, then retry.`, { cause });
  });
  if (!isSameSource(identity, now)) throw new TaskError('INPUT_CHANGED', `${displayName(path)} changed while it was worked on. If it is still being copied or recorded, wait for its end; the task starts again by itself.`, { retryable: true });
}

/** Length of the film in seconds; where no header tells it, its packets do. */
export async function filmSeconds({ media, path }: FilmSource, film: VideoStream, { tools, signal }: Asking): Promise<number> {
  const stated = film.durationSeconds ?? media.durationSeconds;
  if (stated !== null && stated > 0) return stated;
  const { pts } = await listPackets(path, { ffprobePath: tools.ffprobePath, signal, stream: String(film.index) });
  const known = pts.filter((value) => !Number.isNaN(value)).sort();
  const ticks = (known.at(-1) ?? 0) - (known[0] ?? 0);
  if (ticks > 0) return (ticks * film.timeBase.numerator) / film.timeBase.denominator;
  throw new TaskError('INPUT_DAMAGED', `${displayName(path)} does not say how long it is, and its frames carry no times. Convert it first, then use the result.`);
}
