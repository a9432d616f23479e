/** What is said of a model in figures: as JSON for programs, in a line for people. */
import { basename } from 'node:path';
import type { Measures, Stage } from '../../media/meshes-stage.ts';
import type { Model } from '../../media/meshes-model.ts';

/** Of the formats that have units, as people write them. */
const UNIT_SIGNS: ReadonlyMap<string, string> = new Map([['micron', 'µm'], ['millimeter', 'mm'], ['centimeter', 'cm'], ['inch', 'in'], ['foot', 'ft'], ['meter', 'm'], ['metre', 'm']]);
/** What 32-bit numbers hold. */
const DIGITS = 7;
const SHOWN_DIGITS = 4;

/** Lengths are in `unit`, along the file's own axes; areas in its square. Null: the format has no unit. */
export interface ModelFigures {
  readonly file: string;
  readonly format: string;
  readonly unit: string | null;
  readonly up: 'y' | 'z';
  readonly triangles: number;
  readonly vertices: number;
  readonly size: { readonly x: number; readonly y: number; readonly z: number };
  readonly bounds: { readonly min: readonly number[]; readonly max: readonly number[] };
  readonly surfaceArea: number;
  readonly materials: readonly { readonly name: string; readonly colour: string | null; readonly opacity: number; readonly hasTexture: boolean }[];
  readonly remarks: readonly string[];
}

export function figuresOf(path: string, model: Model, { triangles, bounds: { min, max }, surfaceArea }: Measures, up: 'auto' | 'y' | 'z'): ModelFigures {
  const rounded = (value: number): number => Number(value.toPrecision(DIGITS));
  return {
    file: basename(path), format: model.format, unit: model.unit, up: up === 'auto' ? model.up : up, triangles, vertices: model.vertexCount,
    size: { x: rounded(max[0] - min[0]), y: rounded(max[1] - min[1]), z: rounded(max[2] - min[2]) },
    bounds: { min: min.map(rounded), max: max.map(rounded) }, surfaceArea: rounded(surfaceArea),
    materials: (model.listed ?? model.materials).map(({ name, colour, opacity, texture }) => ({ name, colour: colour === null ? null : hexOf(colour), opacity, hasTexture: texture !== null })),
    remarks: model.remarks,
  };
}

/** `80 × 50 × 60 mm · 368 triangles`. */
export function subtitleOf({ size: { x, y, z }, unit, triangles }: ModelFigures): string {
  return `${shown([x, y, z], unit)} · ${triangles.toLocaleString('en-US')} ${triangles === 1 ? 'triangle' : 'triangles'}`;
}

/** Width and height of a side as it is seen. */
export function sideNote({ bounds: { min, max } }: Pick<Stage, 'bounds'>, side: 'front' | 'side' | 'top', unit: string | null): string {
  const [x, y, z] = [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
  return shown(side === 'front' ? [x, y] : side === 'side' ? [z, y] : [x, z], unit);
}

function shown(lengths: readonly number[], unit: string | null): string {
  const sign = unit === null ? '' : ` ${UNIT_SIGNS.get(unit) ?? unit}`;
  return `${lengths.map((length) => String(Number(length.toPrecision(SHOWN_DIGITS)))).join(' × ')}${sign}`;
}

function hexOf(colour: readonly number[]): string {
  return `#${colour.map((value) => Math.round(value * 255).toString(16).padStart(2, '0')).join('')}`;
}
