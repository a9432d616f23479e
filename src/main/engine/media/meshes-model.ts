/** What a 3D model is once it is read, and how much of one is taken. */
import { TaskError } from '../../../shared/errors.ts';

export const MESH_FORMATS = ['stl', 'obj', 'ply', 'gltf', '3mf'] as const;
export type MeshFormat = (typeof MESH_FORMATS)[number];

/** Decoded pixels, four bytes each, sRGB, the top line first. */
export interface Texture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface Material {
  readonly name: string;
  /** sRGB, 0–1. Null: it says none, so the colour for such is taken. */
  readonly colour: readonly [number, number, number] | null;
  readonly opacity: number;
  readonly texture: Texture | null;
  /** Pixels of the texture with less alpha than this are holes; null: they are seen through by their alpha. */
  readonly cutOut: number | null;
  /** Whether alpha counts at all. */
  readonly isSeeThrough: boolean;
  /** sRGB, 0–1: light of its own. */
  readonly glow: readonly [number, number, number];
  /** 0: matt. 1: a hard highlight. */
  readonly gloss: number;
}

/** Triangles of one material. Floats are three a vertex, texture places two. */
export interface Surface {
  readonly positions: Float32Array;
  /** Three a triangle. Null: every three vertices are one. */
  readonly indices: Uint32Array | null;
  /** Null: none were given. */
  readonly normals: Float32Array | null;
  /** sRGB and alpha, four bytes a vertex. */
  readonly colours: Uint8Array | null;
  /** 0, 0 is the lower left corner of the texture. */
  readonly uvs: Float32Array | null;
  /** Its place in the model's list. */
  readonly material: number;
}

export interface Model {
  readonly format: MeshFormat;
  readonly surfaces: readonly Surface[];
  readonly materials: readonly Material[];
  /** What the file lists by name, where its surfaces mix colours. */
  readonly listed?: readonly Material[];
  /** Where the format has units: `millimeter`, `metre` …. */
  readonly unit: string | null;
  /** Which axis usually points up in this format. */
  readonly up: 'y' | 'z';
  /** Vertices as the file stores them. */
  readonly vertexCount: number;
  /** Sentences about what could not be taken: textures that are missing, triangles without a place. */
  readonly remarks: readonly string[];
}

/** Where a reader reads, and what it may be stopped by. */
export interface Reading {
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly signal: AbortSignal;
}

/** Ten times what a scanner gives, and at 36 bytes each still a few hundred megabytes. */
export const MOST_TRIANGLES = 8_000_000;
export const MOST_VERTICES = 12_000_000;
/** Files that are read as a whole: larger ones would not fit beside what is made of them. */
export const MOST_WHOLE_BYTES = 512 * 1024 * 1024;
/** Beyond this a coordinate is no place any more: squares of it leave what numbers can hold. */
export const MOST_COORDINATE = 1e15;

export const PLAIN_MATERIAL: Material = { name: '', colour: null, opacity: 1, texture: null, cutOut: null, isSeeThrough: false, glow: [0, 0, 0], gloss: 0.25 };

export function damaged(name: string, why: string, cause?: unknown): TaskError {
  return new TaskError('INPUT_DAMAGED', `${name} is damaged or was cut short: ${why}. Copy it again, or export it again from the program that made it.`, cause === undefined ? {} : { cause, details: String(cause) });
}

export function tooLarge(name: string, what: string): TaskError {
  return new TaskError('INPUT_NOT_ALLOWED', `${name} has ${what}, more than can be taken. Reduce its mesh in a 3D program, then add it again.`);
}

export function nothingIn(name: string, why = 'it holds no triangles'): TaskError {
  return new TaskError('INPUT_NO_STREAM', `${name} has no surfaces to show: ${why}. Choose a model with a mesh, or export it again as one.`);
}

/** Whether each is a number that can be a place. */
export function isPlace(x: number, y: number, z: number): boolean {
  // Comparisons with NaN are false.
  return Math.abs(x) <= MOST_COORDINATE && Math.abs(y) <= MOST_COORDINATE && Math.abs(z) <= MOST_COORDINATE;
}

export function leftOutRemark(count: number): string[] {
  return count === 0 ? [] : [`${String(count)} ${count === 1 ? 'triangle has' : 'triangles have'} corners that are no places or are not there, and ${count === 1 ? 'is' : 'are'} left out.`];
}

export function triangleCount({ positions, indices }: Pick<Surface, 'positions' | 'indices'>): number {
  return Math.floor(indices === null ? positions.length / 9 : indices.length / 3);
}
