/** From a picture's size and a wish to what is cut, scaled and framed, in whole pixels. Plain values in and out. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Area extends Size {
  readonly left: number;
  readonly top: number;
}

export interface SizeWish {
  /** At most one way is given: width and/or height, the longest side, or percent. */
  readonly width: number | null;
  readonly height: number | null;
  readonly longestSide: number | null;
  readonly percent: number | null;
  readonly fit: 'inside' | 'contain' | 'cover' | 'fill';
  readonly enlarge: boolean;
}

/** scaled: the picture's own new size. isCut: more than that is scaled and the rest cut off. frame: what is put around it; null: nothing. */
export interface Geometry {
  readonly scaled: Size;
  readonly isCut: boolean;
  readonly frame: Area | null;
}

/** Null: it keeps its size. A picture never gets less than one pixel. */
export function geometryOf(source: Size, wish: SizeWish): Geometry | null {
  const { fit, enlarge } = wish;
  const box = boxOf(source, wish);
  if (box === null) return null;
  const { width, height } = box;
  if (width === null || height === null) return plain(source, times(source, limited(width === null ? (height ?? 1) / source.height : width / source.width, enlarge)));
  const [x, y] = [width / source.width, height / source.height];
  switch (fit) {
    case 'fill':
      return plain(source, { width: Math.round(source.width * limited(x, enlarge)), height: Math.round(source.height * limited(y, enlarge)) });
    case 'inside':
      return plain(source, times(source, limited(Math.min(x, y), enlarge)));
    case 'contain': {
      const scaled = within(times(source, limited(Math.min(x, y), enlarge)), { width, height });
      return { scaled, isCut: false, frame: { width, height, left: Math.floor((width - scaled.width) / 2), top: Math.floor((height - scaled.height) / 2) } };
    }
    case 'cover': {
      // A picture that is too small gives a smaller frame of the same shape.
      const scale = enlarge ? 1 : Math.min(1, 1 / Math.max(x, y));
      return { scaled: times({ width, height }, scale), isCut: true, frame: null };
    }
  }
}

/** The picture's size after it. */
export function sizeAfter(source: Size, geometry: Geometry | null): Size {
  if (geometry === null) return { width: source.width, height: source.height };
  return geometry.frame === null ? geometry.scaled : { width: geometry.frame.width, height: geometry.frame.height };
}

/** `800x600+0+120`; null: not of this shape, or empty. */
export function parseArea(text: string): Area | null {
  const [, width, height, left, top] = (/^(\d+)x(\d+)\+(\d+)\+(\d+)$/.exec(text) ?? []).map(Number);
  if (width === undefined || height === undefined || left === undefined || top === undefined || width === 0 || height === 0) return null;
  return { width, height, left, top };
}

function boxOf(source: Size, { width, height, longestSide, percent }: SizeWish): { width: number | null; height: number | null } | null {
  if (longestSide !== null) return source.width >= source.height ? { width: longestSide, height: null } : { width: null, height: longestSide };
  if (percent !== null) return { width: Math.max(1, (source.width * percent) / 100), height: null };
  return width === null && height === null ? null : { width, height };
}

/** Percent alone may enlarge without being told: who says 200 means it; see image-convert. */
function limited(scale: number, enlarge: boolean): number {
  return enlarge ? scale : Math.min(1, scale);
}

function plain(source: Size, scaled: Size): Geometry | null {
  const atLeastOne = { width: Math.max(1, scaled.width), height: Math.max(1, scaled.height) };
  return atLeastOne.width === source.width && atLeastOne.height === source.height ? null : { scaled: atLeastOne, isCut: false, frame: null };
}

function times({ width, height }: Size, scale: number): Size {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function within(size: Size, limit: Size): Size {
  return { width: Math.min(size.width, limit.width), height: Math.min(size.height, limit.height) };
}
