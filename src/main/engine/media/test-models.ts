/** Model files for tests: the real bundled one and its damaged copies, and heads of files that are no more than that. */
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const BUNDLED_MODEL = fileURLToPath(new URL('../../../../resources/models/ggml-tiny.en-q8_0.bin', import.meta.url));

/** Where the vocabulary's count stands in a model of 80 mels: behind the head (48), the filters' sizes (8) and the filters. */
export const VOCABULARY_COUNT_AT = 56 + 80 * 201 * 4;

/** A copy with a number changed. */
export function damagedCopy(target: string, offset: number, value: number): void {
  const bytes = readFileSync(BUNDLED_MODEL);
  bytes.writeInt32LE(value, offset);
  writeFileSync(target, bytes);
}

const SIZES = {
  tiny: [4, 4, 384], base: [6, 6, 512], small: [12, 12, 768], medium: [24, 24, 1024], large: [32, 32, 1280], turbo: [32, 4, 1280], distil: [32, 2, 1280],
} as const;

/** A file that begins like a model and is as long as asked (its rest is a hole): enough to be found, not to be loaded. */
export function writeModelHead(path: string, size: keyof typeof SIZES, options: { isEnglish?: boolean; isV3?: boolean; fileType?: number; sizeBytes?: number } = {}): void {
  const { isEnglish = false, isV3 = false, fileType = 1, sizeBytes = 48 } = options;
  const [audioLayers, textLayers, state] = SIZES[size];
  const head = Buffer.alloc(48);
  head.writeUInt32LE(0x67676d6c, 0);
  const vocabulary = isEnglish ? 51_864 : isV3 ? 51_866 : 51_865;
  [vocabulary, 1500, state, state / 64, audioLayers, 448, state, state / 64, textLayers, isV3 ? 128 : 80, fileType].forEach((value, index) => head.writeInt32LE(value, 4 + 4 * index));
  writeFileSync(path, head);
  const file = openSync(path, 'r+');
  if (sizeBytes > 48) writeSync(file, Buffer.from([0]), 0, 1, sizeBytes - 1);
  closeSync(file);
}
