/**
 * Reads OBJ (Wavefront, Object Files, appendix B1) line by line. By a reader of our own: three's OBJLoader needs the text, its lines and boxed numbers in memory
 * together, some twenty times what the model takes here.
 */
import { ByteList, FloatList } from './meshes-lists.ts';
import { damaged, isPlace, leftOutRemark, MOST_TRIANGLES, MOST_VERTICES, nothingIn, PLAIN_MATERIAL, tooLarge, type Material, type Model, type Reading, type Surface } from './meshes-model.ts';
import { readMaterials } from './meshes-mtl.ts';
import { eachLine, wordsOf } from './meshes-text.ts';

/** Libraries that are looked for. */
const MOST_LIBRARIES = 16;
const MOST_MATERIALS = 2_000;

export async function readObj(reading: Reading): Promise<Model> {
  const reader = new ObjReader(reading.name);
  let continued = '';
  await eachLine(reading, (line) => {
    // A line may go on in the next one.
    if (line.endsWith('\\')) continued += `${line.slice(0, -1)} `;
    else {
      reader.take(continued === '' ? line : continued + line);
      continued = '';
    }
    if (continued.length > 1 << 20) throw damaged(reading.name, 'it has a line that never ends');
  });
  return await reader.model(reading);
}

interface Group {
  readonly material: string;
  readonly positions: FloatList;
  readonly normals: FloatList;
  readonly uvs: FloatList;
  readonly colours: ByteList;
  hasNormals: boolean;
  hasUvs: boolean;
}

class ObjReader {
  readonly #name: string;
  readonly #places = new FloatList();
  readonly #colours = new ByteList();
  readonly #uvs = new FloatList();
  readonly #normals = new FloatList();
  readonly #groups = new Map<string, Group>();
  readonly #libraries: string[] = [];
  #group: Group;
  #triangles = 0;
  #leftOut = 0;
  #faces = 0;

  constructor(name: string) {
    this.#name = name;
    this.#group = this.#groupOf('');
  }

  take(line: string): void {
    const words = wordsOf(line);
    switch (words[0]) {
      case 'v':
        this.#takePlace(words);
        break;
      case 'vn':
        for (const at of [1, 2, 3]) this.#normals.push(Number(words[at]));
        break;
      case 'vt':
        for (const at of [1, 2]) this.#uvs.push(Number(words[at] ?? 0));
        break;
      case 'f':
        this.#takeFace(words);
        break;
      case 'usemtl':
        this.#group = this.#groupOf(line.trim().slice(6).trim());
        break;
      case 'mtllib':
        if (this.#libraries.length < MOST_LIBRARIES) this.#libraries.push(line.trim().slice(6).trim());
        break;
      default:
        // Names, groups, curves and what programs add of their own.
    }
  }

  async model(reading: Reading): Promise<Model> {
    if (this.#faces === 0) throw nothingIn(this.#name, this.#places.length > 0 ? 'it holds points and no faces' : 'it holds no faces');
    const used = [...this.#groups.values()].filter(({ positions }) => positions.length > 0);
    if (used.length === 0) throw damaged(this.#name, 'none of its faces has three places');
    const { materials, remarks } = await readMaterials(reading, this.#libraries, new Set(used.map(({ material }) => material)));
    const hasColours = this.#colours.length > 0;
    return {
      format: 'obj', unit: null, up: 'y', vertexCount: this.#places.length / 3, remarks: [...leftOutRemark(this.#leftOut), ...remarks],
      materials: used.map(({ material }): Material => materials.get(material) ?? { ...PLAIN_MATERIAL, name: material, colour: hasColours ? [1, 1, 1] : null }),
      surfaces: used.map((group, index) => surfaceOf(group, index, hasColours)),
    };
  }

  #groupOf(material: string): Group {
    const known = this.#groups.get(material);
    if (known !== undefined) return known;
    if (this.#groups.size >= MOST_MATERIALS) throw tooLarge(this.#name, `more than ${String(MOST_MATERIALS)} materials`);
    const group: Group = { material, positions: new FloatList(), normals: new FloatList(), uvs: new FloatList(), colours: new ByteList(), hasNormals: false, hasUvs: false };
    this.#groups.set(material, group);
    return group;
  }

  /** Some programs write colours behind the place. */
  #takePlace(words: readonly string[]): void {
    for (const at of [1, 2, 3]) this.#places.push(Number(words[at]));
    if (this.#places.length > 3 * MOST_VERTICES) throw tooLarge(this.#name, `more than ${String(MOST_VERTICES)} vertices`);
    if (words.length < 7) return;
    while (this.#colours.length + 3 < this.#places.length) this.#colours.pushShare(1);
    for (const at of [4, 5, 6]) this.#colours.pushShare(Number(words[at]));
  }

  #takeFace(words: readonly string[]): void {
    this.#faces += 1;
    const corners = words.slice(1).map((word) => this.#cornerOf(word));
    const [first] = corners;
    for (let at = 1; at + 1 < corners.length; at += 1) {
      const second = corners[at];
      const third = corners[at + 1];
      if (first === undefined || second === undefined || third === undefined) return;
      if (![first, second, third].every(({ place }) => this.#isThere(place))) {
        this.#leftOut += 1;
        continue;
      }
      this.#triangles += 1;
      if (this.#triangles > MOST_TRIANGLES) throw tooLarge(this.#name, `more than ${String(MOST_TRIANGLES)} triangles`);
      for (const corner of [first, second, third]) this.#pushCorner(corner);
    }
  }

  /** `7/3/2`, counted from 1, or from the last one backwards. Missing parts are -1. */
  #cornerOf(word: string): { place: number; uv: number; normal: number } {
    const [place, uv, normal] = word.split('/');
    return { place: indexOf(place, this.#places.length / 3), uv: indexOf(uv, this.#uvs.length / 2), normal: indexOf(normal, this.#normals.length / 3) };
  }

  #isThere(place: number): boolean {
    return isPlace(this.#places.at(place * 3), this.#places.at(place * 3 + 1), this.#places.at(place * 3 + 2));
  }

  #pushCorner({ place, uv, normal }: { place: number; uv: number; normal: number }): void {
    const { positions, normals, uvs, colours } = this.#group;
    for (const at of [0, 1, 2]) positions.push(this.#places.at(place * 3 + at));
    for (const at of [0, 1, 2]) normals.push(normal < 0 ? NaN : this.#normals.at(normal * 3 + at));
    for (const at of [0, 1]) uvs.push(uv < 0 ? 0 : this.#uvs.at(uv * 2 + at));
    this.#group.hasNormals ||= normal >= 0;
    this.#group.hasUvs ||= uv >= 0;
    if (this.#colours.length === 0) return;
    while (colours.length < (positions.length - 3) / 3 * 4) colours.pushShare(1);
    for (const at of [0, 1, 2]) colours.pushShare(this.#colours.at(place * 3 + at) / 255);
    colours.pushShare(1);
  }
}

function indexOf(word: string | undefined, count: number): number {
  const number = word === undefined || word === '' ? 0 : Number(word);
  if (!Number.isInteger(number) || number === 0) return -1;
  const index = number > 0 ? number - 1 : count + number;
  return index >= 0 && index < count ? index : -1;
}

function surfaceOf({ positions, normals, uvs, colours, hasNormals, hasUvs }: Group, material: number, hasColours: boolean): Surface {
  return {
    positions: positions.take(), indices: null, normals: hasNormals ? normals.take() : null, uvs: hasUvs ? uvs.take() : null,
    colours: hasColours && colours.length > 0 ? colours.take() : null, material,
  };
}
