/** Finds what makes a picture's file small enough: quality first, then its size. */
import { TaskError } from '../../../../shared/errors.ts';

export interface Trial {
  /** 1–100; null: the format has none to lower. */
  readonly quality: number | null;
  /** Of the wanted size, 1 or less. */
  readonly scale: number;
}

/** Below this blocks and smears show; a smaller picture looks better. */
const LEAST_QUALITY = 35;
/** Pixels go with the square of the scale, bytes a little slower: a bit more is taken off. */
const SAFETY = 0.94;
/** A picture of a few pixels is none. */
const LEAST_SCALE = 0.02;
const MOST_TRIALS = 14;

/**
 * The trial whose file is at most maxBytes, as good as a few tries find it; the last `make` wrote what it returns. make: writes a file and gives its bytes.
 * Throws OPTION_INVALID when there is none.
 */
export async function fitInto(maxBytes: number, first: Trial, make: (trial: Trial) => Promise<number>): Promise<Trial> {
  const written = await make(first);
  if (written <= maxBytes) return first;
  const byQuality = first.quality === null ? null : await bestQuality(maxBytes, { ...first, quality: first.quality }, make);
  if (byQuality !== null) return byQuality;
  const quality = first.quality === null ? null : Math.min(first.quality, LEAST_QUALITY);
  let trial: Trial = { quality, scale: first.scale };
  let bytes = quality === first.quality ? written : await make(trial);
  for (let count = 0; bytes > maxBytes && count < MOST_TRIALS; count += 1) {
    trial = { quality, scale: trial.scale * Math.min(SAFETY, Math.sqrt(maxBytes / bytes) * SAFETY) };
    if (trial.scale < LEAST_SCALE) break;
    bytes = await make(trial);
  }
  if (bytes <= maxBytes) return trial;
  throw new TaskError('OPTION_INVALID', `The picture does not get as small as ${maxBytes} bytes. Allow more, or choose another format.`);
}

/** The highest quality that fits, halving the range; null: even the least does not. */
async function bestQuality(maxBytes: number, first: Trial & { readonly quality: number }, make: (trial: Trial) => Promise<number>): Promise<Trial | null> {
  let [fits, tooMuch, last]: [number | null, number, number | null] = [null, first.quality, null];
  let low = Math.min(LEAST_QUALITY, first.quality - 1);
  if (low < 1) return null;
  while (tooMuch - low > 1 || fits === null) {
    const quality: number = fits === null ? low : Math.floor((low + tooMuch) / 2);
    last = quality;
    if ((await make({ ...first, quality })) <= maxBytes) {
      [fits, low] = [quality, quality];
    } else if (fits === null) return null;
    else tooMuch = quality;
    // Two steps more or less of quality nobody sees.
    if (fits !== null && tooMuch - low <= 2) break;
  }
  if (fits !== last) await make({ ...first, quality: fits });
  return { ...first, quality: fits };
}
