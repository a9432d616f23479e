/** What a picture's headers say of it. */
export interface ImageHeader {
  readonly format: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'heic' | 'svg';
  /** As stored, before it is turned upright. 0: not said (SVG). */
  readonly width: number;
  readonly height: number;
  /** Frames or pages; null: not counted. */
  readonly pages: number | null;
  /** Progressive or interlaced: decoders hold the whole picture. */
  readonly isProgressive: boolean;
}
