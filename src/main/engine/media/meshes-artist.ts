/** Draws one model again and again: what its pictures have in common is worked out once. Loaded when the first model comes. */
import { TaskError } from '../../../shared/errors.ts';
import { sideViews, turnViews, viewOf, type Angle, type View } from './meshes-camera.ts';
import { shadowOf, type Shadow } from './meshes-shadow.ts';
import { render, type RenderedPicture } from './meshes-render.ts';
import type { Stage } from './meshes-stage.ts';

export interface Palette {
  /** #rrggbb: of what has no colour of its own. */
  readonly colour: string;
  /** studio, transparent, or #rrggbb. */
  readonly background: string;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly hasShadow: boolean;
}

export class Artist {
  readonly stage: Stage;
  readonly #palette: Palette;
  readonly #signal: AbortSignal;
  #shadow: Shadow | null = null;
  #turn: { readonly key: string; readonly views: readonly View[] } | null = null;

  constructor(stage: Stage, palette: Palette, signal: AbortSignal) {
    this.stage = stage;
    this.#palette = palette;
    this.#signal = signal;
  }

  viewAt(angle: Angle, aspect: number): View {
    return viewOf(this.stage, angle, aspect);
  }

  /** Square, and all at one scale. */
  sidesAt(angles: readonly Omit<Angle, 'isFlat'>[]): View[] {
    return sideViews(this.stage, angles, 1);
  }

  turn(elevation: number, azimuth: number, frames: number): readonly View[] {
    const key = `${String(elevation)} ${String(azimuth)} ${String(frames)}`;
    if (this.#turn?.key !== key) this.#turn = { key, views: turnViews(this.stage, elevation, azimuth, frames, 1) };
    return this.#turn.views;
  }

  async draw(view: View, { width, height, hasShadow }: Drawing): Promise<RenderedPicture> {
    // From below the ground would hide the model.
    const shadow = hasShadow && view.back[1] > 0 ? (this.#shadow ??= shadowOf(this.stage)) : null;
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(this.#palette.colour.slice(at, at + 2), 16) / 255);
    try {
      return await render(this.stage, view, { width, height, plain: [red, green, blue], background: this.#palette.background, shadow }, this.#signal);
    } catch (error) {
      if (error instanceof RangeError) throw new TaskError('INPUT_NOT_ALLOWED', 'The picture does not fit into memory. Choose a smaller width and height.', { cause: error });
      throw error;
    }
  }
}
