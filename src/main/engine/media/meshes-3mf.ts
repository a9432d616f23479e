/**
 * Reads 3MF (3MF Consortium, Core Specification 1.3; colours of the Materials Extension, parts in further files of the Production Extension). By a reader of our
 * own: three's needs a browser's XML parser, and unpacks an archive whole before it knows how large it is.
 */
import { TaskError } from '../../../shared/errors.ts';
import { FloatList, IndexList, ByteList } from './meshes-lists.ts';
import { damaged, isPlace, leftOutRemark, MOST_TRIANGLES, MOST_VERTICES, nothingIn, PLAIN_MATERIAL, tooLarge, type Material, type Model, type Reading, type Surface } from './meshes-model.ts';
import { readXml } from './xml.ts';
import { ZipArchive } from './zip-archive.ts';

type Colour = readonly [number, number, number, number];
type Attributes = Readonly<Record<string, string>>;
/** Twelve numbers, three a row; the last row moves. */
type Transform = readonly number[];

interface Component {
  readonly key: string;
  readonly transform: Transform;
}

interface Shape {
  readonly positions: FloatList;
  /** Corner by corner. */
  readonly corners: IndexList;
  /** Three a triangle: where the colour of each corner is in `colours`, counted from 1. 0: none. */
  readonly colourOf: IndexList;
  readonly components: Component[];
  /** The colour of all, by resource and place in it. */
  readonly pid: string | undefined;
  readonly pindex: number;
}

const IDENTITY: Transform = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];
const UNITS: ReadonlySet<string> = new Set(['micron', 'millimeter', 'centimeter', 'inch', 'foot', 'meter']);
/** Assemblies of assemblies. */
const DEPTH_LIMIT = 32;
const MOST_FILES = 2_000;
const MOST_LISTED = 500;
const MOST_INSTANCES = 100_000;

export async function readThreeMf(reading: Reading): Promise<Model> {
  const { name, path } = reading;
  try {
    const archive = await ZipArchive.open(path);
    try {
      return await new ThreeMfReader(archive, reading).model();
    } finally {
      await archive.close();
    }
  } catch (error) {
    // The archive's own words are about documents.
    if (error instanceof TaskError && error.code === 'INPUT_NOT_ALLOWED' && /unpack|entities|nested/.test(error.message)) throw new TaskError('INPUT_NOT_ALLOWED', `${name} is made to fill a machine's memory: it would unpack to far more than a model holds. If you trust it, open it in a 3D program and export it again.`, { cause: error });
    if (error instanceof TaskError && error.code === 'INPUT_DAMAGED') throw damaged(name, 'what is packed in it can\'t be read', error);
    throw error;
  }
}

class ThreeMfReader {
  readonly #archive: ZipArchive;
  readonly #reading: Reading;
  readonly #shapes = new Map<string, Shape>();
  readonly #colours: Colour[] = [];
  /** By file and resource: where its first colour is. */
  readonly #palettes = new Map<string, { first: number; count: number }>();
  readonly #listed: Material[] = [];
  readonly #items: Component[] = [];
  readonly #read = new Set<string>();
  #vertices = 0;
  #triangles = 0;
  #instances = 0;
  #leftOut = 0;
  #unit = 'millimeter';

  constructor(archive: ZipArchive, reading: Reading) {
    this.#archive = archive;
    this.#reading = reading;
  }

  async model(): Promise<Model> {
    const { name } = this.#reading;
    const root = await this.#rootPart();
    if (root === null) throw new TaskError('INPUT_DAMAGED', `${name} holds no model.`);
    await this.#readPart(root, true);
    const plain = new FloatList();
    const coloured = { positions: new FloatList(), colours: new ByteList() };
    for (const { key, transform } of this.#items) this.#place(key, transform, plain, coloured, 0);
    const surfaces: Surface[] = [];
    const materials: Material[] = [];
    if (plain.length > 0) surfaces.push({ positions: plain.take(), indices: null, normals: null, colours: null, uvs: null, material: materials.push(PLAIN_MATERIAL) - 1 });
    if (coloured.positions.length > 0) {
      const colours = coloured.colours.take();
      const isSeeThrough = colours.some((value, index) => index % 4 === 3 && value < 255);
      surfaces.push({ positions: coloured.positions.take(), indices: null, normals: null, colours, uvs: null, material: materials.push({ ...PLAIN_MATERIAL, colour: [1, 1, 1], isSeeThrough }) - 1 });
    }
    if (surfaces.length === 0) throw this.#leftOut > 0 ? new TaskError('INPUT_DAMAGED', `${name}: none of its triangles has three places.`) : nothingIn(name);
    return { format: '3mf', unit: this.#unit, up: 'z', vertexCount: this.#vertices, surfaces, materials, ...(this.#listed.length === 0 ? {} : { listed: this.#listed }), remarks: leftOutRemark(this.#leftOut) };
  }

  /** By the package's relationships, else by its usual name. */
  async #rootPart(): Promise<string | null> {
    const relations = await this.#archive.read('_rels/.rels');
    let target: string | null = null;
    if (relations !== null) {
      await this.#xml(relations, { open: (tag, attributes) => {
        if (tag === 'Relationship' && /3dmodel$/.test(attributes['Type'] ?? '')) target ??= partName(attributes['Target'] ?? '');
      } });
    }
    const named = target ?? '3D/3dmodel.model';
    return this.#archive.has(named) ? named : (this.#archive.names.find((part) => /\.model$/i.test(part)) ?? null);
  }

  async #readPart(part: string, isRoot: boolean): Promise<void> {
    if (this.#read.has(part)) return;
    this.#read.add(part);
    if (this.#read.size > MOST_FILES) throw tooLarge(this.#reading.name, `more than ${String(MOST_FILES)} parts`);
    const bytes = await this.#archive.read(part);
    if (bytes === null) throw new TaskError('INPUT_DAMAGED', `${this.#reading.name} lacks its part ${part}.`);
    const wanted = new Set<string>();
    let shape: Shape | null = null;
    let palette: { first: number; count: number } | null = null;
    await this.#xml(bytes, {
      open: (tag, attributes) => {
        switch (tag) {
          case 'model':
            if (isRoot && UNITS.has(attributes['unit'] ?? '')) this.#unit = attributes['unit'] ?? this.#unit;
            break;
          case 'basematerials': case 'colorgroup':
            palette = { first: this.#colours.length, count: 0 };
            this.#palettes.set(`${part}#${attributes['id'] ?? ''}`, palette);
            break;
          case 'base': case 'color':
            if (palette !== null) this.#takeColour(palette, attributes);
            break;
          case 'object':
            shape = { positions: new FloatList(), corners: new IndexList(), colourOf: new IndexList(), components: [], pid: attributes['pid'], pindex: Number(attributes['pindex'] ?? 0) };
            this.#shapes.set(`${part}#${attributes['id'] ?? ''}`, shape);
            break;
          case 'vertex':
            if (shape !== null) this.#takeVertex(shape, attributes);
            break;
          case 'triangle':
            if (shape !== null) this.#takeTriangle(shape, part, attributes);
            break;
          case 'component': case 'item': {
            const own = attributes['path'] === undefined ? part : partName(attributes['path']);
            const component = { key: `${own}#${attributes['objectid'] ?? ''}`, transform: transformOf(attributes['transform']) };
            if (own !== part) wanted.add(own);
            if (tag === 'component') shape?.components.push(component);
            else if (isRoot && attributes['printable'] !== '0') this.#items.push(component);
            break;
          }
          default:
            // Thumbnails, settings of slicers, metadata.
        }
      },
    });
    for (const own of wanted) await this.#readPart(own, false);
  }

  #takeColour(palette: { count: number }, attributes: Attributes): void {
    const text = attributes['displaycolor'] ?? attributes['color'] ?? '';
    const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})?$/i.exec(text);
    const channel = (at: number): number => Number.parseInt(found?.[at] ?? 'ff', 16) / 255;
    this.#colours.push([channel(1), channel(2), channel(3), channel(4)]);
    palette.count += 1;
    if (attributes['name'] !== undefined && this.#listed.length < MOST_LISTED) this.#listed.push({ ...PLAIN_MATERIAL, name: attributes['name'], colour: [channel(1), channel(2), channel(3)], opacity: channel(4) });
  }

  #takeVertex({ positions }: Shape, attributes: Attributes): void {
    this.#vertices += 1;
    if (this.#vertices > MOST_VERTICES) throw tooLarge(this.#reading.name, `more than ${String(MOST_VERTICES)} vertices`);
    for (const axis of ['x', 'y', 'z']) positions.push(Number(attributes[axis] ?? NaN));
  }

  #takeTriangle({ corners, colourOf, pid, pindex }: Shape, part: string, attributes: Attributes): void {
    for (const corner of ['v1', 'v2', 'v3']) {
      const index = Number(attributes[corner]);
      // One that is not there is no place.
      corners.push(Number.isInteger(index) && index >= 0 && index < MOST_VERTICES ? index : 0xffff_ffff);
    }
    if (corners.length > 3 * MOST_TRIANGLES) throw tooLarge(this.#reading.name, `more than ${String(MOST_TRIANGLES)} triangles`);
    const palette = this.#palettes.get(`${part}#${attributes['pid'] ?? pid ?? ''}`);
    const first = Number(attributes['p1'] ?? pindex);
    for (const place of [first, Number(attributes['p2'] ?? first), Number(attributes['p3'] ?? first)]) {
      colourOf.push(palette !== undefined && Number.isInteger(place) && place >= 0 && place < palette.count ? palette.first + place + 1 : 0);
    }
  }

  /** Every shape as often as it is built. */
  #place(key: string, transform: Transform, plain: FloatList, coloured: { positions: FloatList; colours: ByteList }, depth: number): void {
    const shape = this.#shapes.get(key);
    this.#instances += 1;
    if (shape === undefined) return;
    if (depth > DEPTH_LIMIT || this.#instances > MOST_INSTANCES) throw tooLarge(this.#reading.name, 'parts within parts without an end');
    for (const component of shape.components) this.#place(component.key, combined(component.transform, transform), plain, coloured, depth + 1);
    const corners = shape.corners.take();
    const colourOf = shape.colourOf.take();
    this.#triangles += corners.length / 3;
    if (this.#triangles > MOST_TRIANGLES) throw tooLarge(this.#reading.name, `more than ${String(MOST_TRIANGLES)} triangles`);
    for (let at = 0; at < corners.length; at += 3) {
      const places = [0, 1, 2].flatMap((corner) => movedPlace(shape.positions, corners[at + corner] ?? 0, transform));
      if (!places.every((value) => isPlace(value, 0, 0))) {
        this.#leftOut += 1;
        continue;
      }
      const hasColour = colourOf[at] !== 0;
      for (const value of places) (hasColour ? coloured.positions : plain).push(value);
      if (!hasColour) continue;
      for (const corner of [0, 1, 2]) for (const value of this.#colours[(colourOf[at + corner] ?? 1) - 1] ?? [1, 1, 1, 1]) coloured.colours.pushShare(value);
    }
  }

  async #xml(bytes: Buffer, { open }: { open: (tag: string, attributes: Attributes) => void }): Promise<void> {
    await readXml(bytes, { documentName: this.#reading.name, signal: this.#reading.signal }, { open, close: () => undefined, text: () => undefined });
  }
}

/** Parts are named from the root of the package. */
function partName(target: string): string {
  return target.replace(/^\/+/, '');
}

function transformOf(text: string | undefined): Transform {
  const numbers = (text ?? '').trim().split(/\s+/).map(Number);
  return numbers.length === 12 && numbers.every((number) => Number.isFinite(number)) ? numbers : IDENTITY;
}

/** First the one, then the other. */
function combined(first: Transform, second: Transform): Transform {
  const at = (transform: Transform, row: number, column: number): number => (column === 3 ? (row === 3 ? 1 : 0) : (transform[row * 3 + column] ?? 0));
  return Array.from({ length: 12 }, (_, place) => {
    const row = Math.floor(place / 3);
    const column = place % 3;
    return [0, 1, 2, 3].reduce((sum, middle) => sum + at(first, row, middle) * at(second, middle, column), 0);
  });
}

function movedPlace(positions: FloatList, index: number, transform: Transform): [number, number, number] {
  const x = positions.at(index * 3);
  const y = positions.at(index * 3 + 1);
  const z = positions.at(index * 3 + 2);
  const along = (column: number): number => x * (transform[column] ?? 0) + y * (transform[3 + column] ?? 0) + z * (transform[6 + column] ?? 0) + (transform[9 + column] ?? 0);
  return [along(0), along(1), along(2)];
}
