/** Reads the materials of an OBJ (Wavefront MTL), with their pictures, from the model's own folder. */
import { displayName } from './display-name.ts';
import { PLAIN_MATERIAL, type Material, type Reading, type Texture } from './meshes-model.ts';
import { readNeighbour } from './meshes-neighbours.ts';
import { wordsOf } from './meshes-text.ts';
import { decodeTexture, MOST_TEXTURES, TEXTURE_LIMIT_BYTES } from './meshes-textures.ts';

const LIBRARY_LIMIT_BYTES = 16 * 1024 * 1024;
/** How many numbers each option of a map is followed by. */
const MAP_OPTIONS: ReadonlyMap<string, number> = new Map([['-blendu', 1], ['-blendv', 1], ['-cc', 1], ['-clamp', 1], ['-bm', 1], ['-boost', 1], ['-texres', 1], ['-imfchan', 1], ['-type', 1], ['-mm', 2], ['-o', 3], ['-s', 3], ['-t', 3]]);

interface Written {
  name: string;
  colour: [number, number, number] | null;
  glow: [number, number, number];
  opacity: number;
  shine: number;
  map: string | null;
  hasAlphaMap: boolean;
}

/** wanted: names of the materials that faces have. Those that are not found are not in the map, and remarks say why. */
export async function readMaterials(reading: Reading, libraries: readonly string[], wanted: ReadonlySet<string>): Promise<{ materials: Map<string, Material>; remarks: string[] }> {
  const remarks: string[] = [];
  const written: Written[] = [];
  for (const library of new Set(libraries)) {
    const found = await readNeighbour(reading.path, library, LIBRARY_LIMIT_BYTES);
    if (found.kind === 'found') written.push(...parseMaterials(found.bytes.toString('utf8')).filter(({ name }) => wanted.has(name)));
    else remarks.push(`The materials in ${displayName(library)} are left out: the file ${found.why}.`);
  }
  const textures = await readTextures(reading, new Set(written.flatMap(({ map }) => (map === null ? [] : [map]))), remarks);
  return { materials: new Map(written.map((one) => [one.name, materialOf(one, textures)])), remarks };
}

async function readTextures(reading: Reading, names: ReadonlySet<string>, remarks: string[]): Promise<Map<string, Texture>> {
  const textures = new Map<string, Texture>();
  const count = Math.min(MOST_TEXTURES, names.size);
  for (const name of [...names].slice(0, count)) {
    reading.signal.throwIfAborted();
    const found = await readNeighbour(reading.path, name, TEXTURE_LIMIT_BYTES);
    const texture = found.kind === 'found' ? await decodeTexture(found.bytes, count) : null;
    if (texture !== null) textures.set(name, texture);
    else remarks.push(`The texture ${displayName(name)} is left out: the file ${found.kind === 'found' ? 'is no PNG or JPEG that can be read' : found.why}.`);
  }
  if (names.size > count) remarks.push(`Of ${String(names.size)} textures the first ${String(count)} are taken.`);
  return textures;
}

function materialOf({ name, colour, glow, opacity, shine, map, hasAlphaMap }: Written, textures: ReadonlyMap<string, Texture>): Material {
  const texture = map === null ? null : (textures.get(map) ?? null);
  // Exporters write black beside a map that gives the colour.
  const isBlack = colour !== null && colour.every((value) => value === 0);
  return {
    ...PLAIN_MATERIAL, name, texture, glow, opacity, colour: texture !== null && (isBlack || colour === null) ? [1, 1, 1] : colour,
    cutOut: texture !== null && opacity === 1 && hasAlphaMap ? 0.5 : null, isSeeThrough: opacity < 1 || hasAlphaMap,
    gloss: Math.min(0.8, Math.max(0.1, Math.log10(Math.max(1, shine)) / 3)),
  };
}

function parseMaterials(text: string): Written[] {
  const all: Written[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    const words = wordsOf(line);
    if (words[0] === 'newmtl') all.push({ name: line.trim().slice(6).trim(), colour: null, glow: [0, 0, 0], opacity: 1, shine: 30, map: null, hasAlphaMap: false });
    const last = all.at(-1);
    if (last !== undefined) takeLine(last, words);
  }
  return all;
}

function takeLine(material: Written, words: readonly string[]): void {
  const number = (at: number, fallback: number): number => {
    const value = Number(words[at]);
    return words[at] !== undefined && Number.isFinite(value) ? Math.min(1_000, Math.max(0, value)) : fallback;
  };
  const share = (at: number, fallback: number): number => Math.min(1, number(at, fallback));
  switch (words[0]?.toLowerCase()) {
    case 'kd':
      material.colour = [share(1, 1), share(2, share(1, 1)), share(3, share(1, 1))];
      break;
    case 'ke':
      material.glow = [share(1, 0), share(2, 0), share(3, 0)];
      break;
    case 'd':
      material.opacity = share(words[1] === '-halo' ? 2 : 1, 1);
      break;
    case 'tr':
      material.opacity = 1 - share(1, 0);
      break;
    case 'ns':
      material.shine = number(1, 30);
      break;
    case 'map_kd':
      material.map = mapName(words);
      break;
    case 'map_d':
      material.hasAlphaMap = true;
      break;
    default:
      // Bumps, reflections and what else a preview does without.
  }
}

/** What is left behind the options; names may have spaces. */
function mapName(words: readonly string[]): string | null {
  let at = 1;
  for (let option = MAP_OPTIONS.get(words[at] ?? ''); option !== undefined; option = MAP_OPTIONS.get(words[at] ?? '')) {
    at += 1;
    for (let taken = 0; taken < option && (taken === 0 || /^[-+.\d]/.test(words[at] ?? '')); taken += 1) at += 1;
  }
  const name = words.slice(at).join(' ');
  return name === '' ? null : name;
}
