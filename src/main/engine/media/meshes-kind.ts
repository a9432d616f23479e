/** Tells by a file's name and first bytes whether it is a 3D model, and which. */
import type { MeshFormat } from './meshes-model.ts';

const EXTENSIONS: ReadonlyMap<string, MeshFormat> = new Map([['stl', 'stl'], ['obj', 'obj'], ['ply', 'ply'], ['gltf', 'gltf'], ['glb', 'gltf'], ['3mf', '3mf']]);
const STL_HEADER_BYTES = 84;
const STL_TRIANGLE_BYTES = 50;

/** extension: small letters, without its dot. head: the first kilobyte. Null: none. */
export function meshFormatOf(extension: string, head: Buffer, sizeBytes: number): MeshFormat | null {
  const ascii = head.toString('latin1');
  if (/^glTF[\x01-\x02]\0\0\0/.test(ascii)) return 'gltf';
  if (/^ply[ \t]*\r?\n\s*(format|comment|obj_info)/.test(ascii)) return 'ply';
  const named = EXTENSIONS.get(extension) ?? null;
  const isText = /^[\t\n\r\f\x20-\x7e\x80-\xff]*$/.test(ascii);
  switch (named) {
    case 'stl':
      return (isText ? /^\s*solid\b/i.test(ascii) : head.length >= STL_HEADER_BYTES) ? 'stl' : null;
    case 'obj':
      return isText && /^\s*(#|v |vn |vt |o |g |s |f |mtllib |usemtl )/.test(ascii) ? 'obj' : null;
    case 'gltf':
      return isText && /^(\xef\xbb\xbf)?\s*\{/.test(ascii) ? 'gltf' : null;
    case '3mf':
      return ascii.startsWith('PK\x03\x04') ? '3mf' : null;
    case 'ply':
    case null:
      break;
  }
  // By a foreign name: a binary STL is as long as it says, to the byte.
  const count = head.length >= STL_HEADER_BYTES ? head.readUInt32LE(STL_HEADER_BYTES - 4) : 0;
  if (count > 0 && sizeBytes === STL_HEADER_BYTES + count * STL_TRIANGLE_BYTES) return 'stl';
  return /^\s*solid\b[^\n]*\n\s*facet\s+normal\b/.test(ascii) ? 'stl' : null;
}

/** Whether the name promises a model. */
export function isMeshName(extension: string): boolean {
  return EXTENSIONS.has(extension);
}
