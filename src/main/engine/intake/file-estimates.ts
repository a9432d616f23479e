/** Forecasts what a recipe would take on a file that is not added yet. */
import { stat } from 'node:fs/promises';
import { TaskError } from '../../../shared/errors.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { Estimate } from '../../../shared/task.ts';
import { estimateDocumentTask } from '../handlers/document-preview/estimate.ts';
import { estimateModelTask } from '../handlers/model-preview/estimate.ts';
import { estimateTask } from '../handlers/estimate.ts';
import { estimateImage, isImageType, type ImageTaskType } from '../handlers/image-estimate.ts';
import { displayName } from '../media/display-name.ts';
import { probeMedia } from '../media/ffprobe.ts';
import { readImageHeader } from '../media/image-header.ts';
import { inputSize } from '../media/input-file.ts';
import { audioStreams, filmStreams, type MediaInfo } from '../media/media-info.ts';
import { needs, takesEither } from './fitting-recipes.ts';
import { inTurns } from './in-turns.ts';

export interface EstimateWish {
  /** Absolute. */
  readonly path: string;
  readonly recipe: Recipe;
  /** Complete options of the recipe's type. */
  readonly options: Recipe['options'];
  readonly ffprobePath: string;
  /** Work seconds per second of media of earlier tasks of the recipe. */
  readonly pace: number | null;
}

/** Running tasks need the cores too. */
const PROBES_AT_ONCE = 2;
/** Files whose facts are kept, so that choosing another recipe for all of them asks no tool again. */
const REMEMBERED = 1_000;

export class FileEstimates {
  readonly #abort = new AbortController();
  readonly #inTurn = inTurns(PROBES_AT_ONCE);
  readonly #known = new Map<string, { readonly mark: string; readonly media: MediaInfo }>();

  /** Null: the file does not say how long it is. Throws one of the INPUT_ errors for what the recipe can't be done with. */
  async of({ path, recipe, options, ffprobePath, pace }: EstimateWish): Promise<Estimate | null> {
    if (recipe.type === 'document_preview') return estimateDocumentTask(options, await inputSize(path));
    if (recipe.type === 'model_preview') return estimateModelTask(options, await inputSize(path));
    if (isImageType(recipe.type)) return await this.#ofImage(path, recipe.type, options);
    // A film of pictures is as long as there are pictures beside this one.
    if (recipe.type === 'media_edit' && needs({ type: recipe.type, options }) === 'image') return null;
    const media = await this.#media(path, ffprobePath);
    requireStream(media, { type: recipe.type, options });
    const isTimed = recipe.type !== 'video_thumbnail';
    return isTimed && media.durationSeconds === null ? null : estimateTask({ type: recipe.type, options, media, pace });
  }

  /** Ends what is being asked. */
  close(): void {
    this.#abort.abort(new TaskError('STOPPED', 'The engine is closing.'));
  }

  /** By its header, which takes no program; null: it is camera raw or an SVG, which say little, or no picture. */
  async #ofImage(path: string, type: ImageTaskType, options: Recipe['options']): Promise<Estimate | null> {
    const header = await this.#inTurn(() => readImageHeader(path));
    return header === null ? null : estimateImage(type, options, header);
  }

  async #media(path: string, ffprobePath: string): Promise<MediaInfo> {
    const mark = await stat(path).then(({ size, mtimeMs }) => `${size} ${mtimeMs}`, () => null);
    const known = this.#known.get(path);
    if (known !== undefined && known.mark === mark) return known.media;
    const media = await this.#inTurn(() => {
      this.#abort.signal.throwIfAborted();
      return probeMedia(path, { ffprobePath, signal: this.#abort.signal });
    });
    if (mark !== null) this.#remember(path, { mark, media });
    return media;
  }

  #remember(path: string, facts: { mark: string; media: MediaInfo }): void {
    this.#known.set(path, facts);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** A sound track for what makes sound or text of it, a picture for what makes pictures. */
function requireStream(media: MediaInfo, recipe: Pick<Recipe, 'type' | 'options'>): void {
  const name = displayName(media.path);
  if (takesEither(recipe)) return;
  if (needs(recipe) === 'audio') {
    if (audioStreams(media).length === 0) throw new TaskError('INPUT_NO_STREAM', `${name} has no sound. Choose a recipe for pictures, or another file.`);
  } else if (filmStreams(media).length === 0) {
    throw new TaskError('INPUT_NO_STREAM', `${name} has no picture, only sound. Choose a recipe for sound, such as transcript or mp3.`);
  }
}
