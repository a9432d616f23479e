/** Recognises whisper.cpp's model files by what is in them, not by their names. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';

/** Sizes, best first: the order in which `auto` prefers them. */
export const SIZE_CLASSES = ['large-v3', 'turbo', 'large', 'medium', 'small', 'base', 'tiny'] as const;
export type SizeClass = (typeof SIZE_CLASSES)[number];

/** The numbers at the head of a ggml Whisper model, in the file's order (whisper.cpp `whisper_model_load`). */
export interface ModelHeader {
  readonly vocabulary: number;
  readonly audioContext: number;
  readonly audioState: number;
  readonly audioHeads: number;
  readonly audioLayers: number;
  readonly textContext: number;
  readonly textState: number;
  readonly textHeads: number;
  readonly textLayers: number;
  readonly mels: number;
  /** ggml's file type, without the version of its quantisation. */
  readonly fileType: number;
}

/** `ggml` as the little-endian number that such a file begins with. */
export const MODEL_MAGIC = 0x67676d6c;
export const HEADER_BYTES = 48;
/** English-only models know 51,864 tokens; the others one for each language besides. */
const ENGLISH_VOCABULARY = 51_864;
const MAX_VOCABULARY = 52_000;
/** `large-v3` and `turbo` came with one language more. */
const V3_VOCABULARY = 51_866;
/** The quantisation's version counts in thousands. */
const VERSION_FACTOR = 1000;
/** ggml_ftype by number (ggml.h). */
const FILE_TYPES: Readonly<Record<number, string>> = {
  0: 'f32', 1: 'f16', 2: 'q4_0', 3: 'q4_1', 7: 'q8_0', 8: 'q5_0', 9: 'q5_1', 10: 'q2_k', 11: 'q3_k', 12: 'q4_k', 13: 'q5_k', 14: 'q6_k', 24: 'bf16',
};

/** Undefined: not a Whisper model (another ggml file, a download page saved as one, an empty file …). */
export async function readModelHeader(path: string): Promise<ModelHeader | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return bytesRead === HEADER_BYTES ? parseModelHeader(buffer) : undefined;
  } finally {
    await file.close();
  }
}

export function parseModelHeader(bytes: Buffer): ModelHeader | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MODEL_MAGIC) return undefined;
  const at = (index: number): number => bytes.readInt32LE(4 + 4 * index);
  const header = {
    vocabulary: at(0), audioContext: at(1), audioState: at(2), audioHeads: at(3), audioLayers: at(4),
    textContext: at(5), textState: at(6), textHeads: at(7), textLayers: at(8), mels: at(9), fileType: at(10) % VERSION_FACTOR,
  };
  return isPlausible(header) ? header : undefined;
}

/** Bounds around every published Whisper model, from tiny (4 layers of 384) to large (32 of 1,280). */
function isPlausible(header: ModelHeader): boolean {
  return (
    header.vocabulary >= ENGLISH_VOCABULARY && header.vocabulary <= MAX_VOCABULARY && header.audioContext === 1500 && header.textContext === 448 &&
    header.audioLayers >= 1 && header.audioLayers <= 64 && header.textLayers >= 1 && header.textLayers <= 64 && header.audioState >= 64 && header.audioState <= 4096 &&
    header.audioState === header.textState && (header.mels === 80 || header.mels === 128) && FILE_TYPES[header.fileType] !== undefined
  );
}

export function isMultilingual(header: ModelHeader): boolean {
  return header.vocabulary > ENGLISH_VOCABULARY;
}

/** `q8_0`, `f16`, …. */
export function quantisationOf(header: ModelHeader): string {
  return FILE_TYPES[header.fileType] ?? 'unknown';
}

/** Distilled models (two text layers) count as the size that they were made from. */
export function sizeClassOf(header: ModelHeader): SizeClass {
  if (header.audioLayers >= 32) {
    if (header.textLayers === 4) return 'turbo';
    return header.vocabulary === V3_VOCABULARY && header.textLayers > 4 ? 'large-v3' : 'large';
  }
  if (header.audioLayers >= 24) return 'medium';
  if (header.audioLayers >= 12) return 'small';
  return header.audioLayers >= 6 ? 'base' : 'tiny';
}

/** What people call it: `ggml-small.en-q5_1.bin` is `small.en-q5_1`. Files with other names are called after their contents. */
export function modelNameOf(path: string, header: ModelHeader): string {
  const name = /^ggml-(?:model-whisper-)?([a-z0-9._-]+)\.bin$/i.exec(basename(path))?.[1]?.toLowerCase();
  if (name !== undefined && name !== 'model') return name;
  const size = sizeClassOf(header);
  const base = size === 'turbo' ? 'large-v3-turbo' : size === 'large' ? 'large-v2' : size;
  return `${base}${isMultilingual(header) ? '' : '.en'}-${quantisationOf(header)}`;
}
