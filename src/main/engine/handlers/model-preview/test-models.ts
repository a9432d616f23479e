/** Makes small 3D models in every format, for tests. Lengths are whole numbers, so that what is read can be compared to the last digit. */
import { writeFileSync } from 'node:fs';
import { zipSync } from 'fflate';

type Point = readonly [number, number, number];
/** Counter-clockwise seen from outside. */
type Triangle = readonly [Point, Point, Point];

/** A box that stands on the ground of Z, 40 wide, 20 deep, 60 high. */
export const BOX_SIZE = { x: 40, y: 20, z: 60 } as const;

/** Six sides of four corners each: front, right, back, left, top, bottom, for Z up. */
export const BOX_SIDES: readonly (readonly [Point, Point, Point, Point])[] = ((): (readonly [Point, Point, Point, Point])[] => {
  const { x, y, z } = BOX_SIZE;
  return [
    [[0, 0, 0], [x, 0, 0], [x, 0, z], [0, 0, z]], [[x, 0, 0], [x, y, 0], [x, y, z], [x, 0, z]], [[x, y, 0], [0, y, 0], [0, y, z], [x, y, z]],
    [[0, y, 0], [0, 0, 0], [0, 0, z], [0, y, z]], [[0, 0, z], [x, 0, z], [x, y, z], [0, y, z]], [[0, y, 0], [x, y, 0], [x, 0, 0], [0, 0, 0]],
  ];
})();

export function boxTriangles(): Triangle[] {
  return BOX_SIDES.flatMap(([a, b, c, d]): Triangle[] => [[a, b, c], [a, c, d]]);
}

/** rings × rings × 2 triangles or so. */
export function sphereTriangles(radius: number, rings: number): Triangle[] {
  const at = (ring: number, step: number): Point => {
    const lift = (Math.PI * ring) / rings;
    const turn = (2 * Math.PI * step) / rings;
    return [radius * Math.sin(lift) * Math.cos(turn), radius * Math.sin(lift) * Math.sin(turn), radius * Math.cos(lift)];
  };
  const triangles: Triangle[] = [];
  for (let ring = 0; ring < rings; ring += 1) {
    for (let step = 0; step < rings; step += 1) {
      const [a, b, c, d] = [at(ring, step), at(ring + 1, step), at(ring + 1, step + 1), at(ring, step + 1)];
      if (ring < rings - 1) triangles.push([a, b, c]);
      if (ring > 0) triangles.push([a, c, d]);
    }
  }
  return triangles;
}

export function binaryStl(triangles: readonly Triangle[], header = ''): Buffer {
  const bytes = Buffer.alloc(84 + triangles.length * 50);
  bytes.write(header, 0, 80, 'latin1');
  bytes.writeUInt32LE(triangles.length, 80);
  for (const [index, triangle] of triangles.entries()) for (const [at, value] of triangle.flat().entries()) bytes.writeFloatLE(value, 84 + index * 50 + 12 + at * 4);
  return bytes;
}

export function textStl(triangles: readonly Triangle[]): Buffer {
  const facets = triangles.map((triangle) => `facet normal 0 0 0\n outer loop\n${triangle.map((point) => `  vertex ${point.join(' ')}\n`).join('')} endloop\nendfacet\n`);
  return Buffer.from(`solid box\n${facets.join('')}endsolid box\n`);
}

export const SIDE_COLOURS = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [0, 255, 255], [255, 0, 255]] as const;

/** The box, each side in a colour of its own. */
export function ply(encoding: 'ascii' | 'binary_little_endian' | 'binary_big_endian'): Buffer {
  const vertices = BOX_SIDES.flatMap((side, index) => side.map((point) => ({ point, colour: SIDE_COLOURS[index] ?? SIDE_COLOURS[0] })));
  const header = `ply\nformat ${encoding} 1.0\ncomment made by a test\nelement vertex ${String(vertices.length)}\nproperty float x\nproperty float y\nproperty float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\nelement face 6\nproperty list uchar int vertex_indices\nend_header\n`;
  if (encoding === 'ascii') {
    return Buffer.from(`${header}${vertices.map(({ point, colour }) => `${[...point, ...colour].join(' ')}\n`).join('')}${BOX_SIDES.map((_, side) => `4 ${[0, 1, 2, 3].map((corner) => side * 4 + corner).join(' ')}\n`).join('')}`);
  }
  const body = Buffer.alloc(vertices.length * 15 + 6 * 17);
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const isLittle = encoding === 'binary_little_endian';
  let at = 0;
  for (const { point, colour } of vertices) {
    for (const value of point) { view.setFloat32(at, value, isLittle); at += 4; }
    for (const value of colour) { view.setUint8(at, value); at += 1; }
  }
  for (let side = 0; side < 6; side += 1) {
    view.setUint8(at, 4);
    at += 1;
    for (let corner = 0; corner < 4; corner += 1) { view.setInt32(at, side * 4 + corner, isLittle); at += 4; }
  }
  return Buffer.concat([Buffer.from(header), body]);
}

/** The box with Y up, red in front and blue elsewhere. */
export function obj(library = 'box.mtl'): Buffer {
  const lines = ['# made by a test', `mtllib ${library}`, 'o box'];
  for (const side of BOX_SIDES) for (const [x, y, z] of side) lines.push(`v ${String(x)} ${String(z)} ${String(-y)}`);
  for (let side = 0; side < 6; side += 1) {
    if (side < 2) lines.push(side === 0 ? 'usemtl front' : 'usemtl rest');
    // Every second face counts from the end.
    lines.push(`f ${[1, 2, 3, 4].map((corner) => (side % 2 === 0 ? side * 4 + corner : side * 4 + corner - 25)).join(' ')}`);
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

export const BOX_MATERIALS = 'newmtl front\nKd 1 0 0\nnewmtl rest\nKd 0 0 1\n';

/** A square that looks to the front, with a texture: written beside it as texture.png. */
export function texturedObj(texture = 'texture.png'): { obj: Buffer; mtl: Buffer } {
  return {
    obj: Buffer.from('mtllib quad.mtl\nv -10 0 0\nv 10 0 0\nv 10 20 0\nv -10 20 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nusemtl picture\nf 1/1 2/2 3/3 4/4\n'),
    mtl: Buffer.from(`newmtl picture\nKd 1 1 1\nmap_Kd -clamp on ${texture}\n`),
  };
}

/** A square as above in glTF. where: how buffer and texture are had. */
export function gltfParts(texture: Buffer): { json: Record<string, unknown>; binary: Buffer; imageAt: number } {
  const numbers = Buffer.alloc(4 * 3 * 4 + 4 * 2 * 4 + 6 * 2);
  const values = [-1, 0, 0, 1, 0, 0, 1, 2, 0, -1, 2, 0, 0, 1, 1, 1, 1, 0, 0, 0];
  for (const [index, value] of values.entries()) numbers.writeFloatLE(value, index * 4);
  for (const [index, value] of [0, 1, 2, 0, 2, 3].entries()) numbers.writeUInt16LE(value, 80 + index * 2);
  const binary = Buffer.concat([numbers, texture, Buffer.alloc((4 - (texture.length % 4)) % 4)]);
  return {
    binary, imageAt: numbers.length,
    json: {
      asset: { version: '2.0' }, scene: 0, scenes: [{ nodes: [0] }], nodes: [{ translation: [5, 0, 0], children: [1] }, { mesh: 0 }],
      meshes: [{ primitives: [{ attributes: { POSITION: 0, TEXCOORD_0: 1 }, indices: 2, material: 0 }] }],
      materials: [{ name: 'picture', doubleSided: true, pbrMetallicRoughness: { baseColorTexture: { index: 0 }, metallicFactor: 0, roughnessFactor: 1 } }],
      textures: [{ source: 0 }], images: [{ mimeType: 'image/png', bufferView: 3 }],
      accessors: [{ bufferView: 0, componentType: 5126, count: 4, type: 'VEC3', min: [-1, 0, 0], max: [1, 2, 0] }, { bufferView: 1, componentType: 5126, count: 4, type: 'VEC2' }, { bufferView: 2, componentType: 5123, count: 6, type: 'SCALAR' }],
      bufferViews: [{ buffer: 0, byteOffset: 0, byteLength: 48 }, { buffer: 0, byteOffset: 48, byteLength: 32 }, { buffer: 0, byteOffset: 80, byteLength: 12 }, { buffer: 0, byteOffset: numbers.length, byteLength: texture.length }],
      buffers: [{ byteLength: binary.length }],
    },
  };
}

export function glb(texture: Buffer): Buffer {
  const { json, binary } = gltfParts(texture);
  return glbOf(json, binary);
}

export function glbOf(json: unknown, binary: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(json));
  const padded = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, ' ')]);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(0x4654_6c67, 0);
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(20 + padded.length + 8 + binary.length, 8);
  head.writeUInt32LE(padded.length, 12);
  head.writeUInt32LE(0x4e4f_534a, 16);
  const between = Buffer.alloc(8);
  between.writeUInt32LE(binary.length, 0);
  between.writeUInt32LE(0x004e_4942, 4);
  return Buffer.concat([head, padded, between, binary]);
}

/** The square as text with its buffer in a data address, or where `uri` says. */
export function gltf(texture: Buffer, { bufferUri, imageUri }: { bufferUri?: string; imageUri?: string } = {}): { text: Buffer; binary: Buffer } {
  const { json, binary } = gltfParts(texture);
  const whole = { ...json, buffers: [{ byteLength: binary.length, uri: bufferUri ?? `data:application/octet-stream;base64,${binary.toString('base64')}` }], ...(imageUri === undefined ? {} : { images: [{ uri: imageUri }] }) };
  return { text: Buffer.from(JSON.stringify(whole)), binary };
}

/** The box in inches, its front red, built twice side by side. model: instead of it. */
export function threeMf(model?: string): Buffer {
  const vertices = BOX_SIDES.flat().map(([x, y, z]) => `<vertex x="${String(x)}" y="${String(y)}" z="${String(z)}"/>`).join('');
  const triangles = BOX_SIDES.map((_, side) => [[0, 1, 2], [0, 2, 3]].map(([a = 0, b = 0, c = 0]) => `<triangle v1="${String(side * 4 + a)}" v2="${String(side * 4 + b)}" v3="${String(side * 4 + c)}"${side === 0 ? ' pid="9" p1="1"' : ''}/>`).join('')).join('');
  const text = model ?? `<?xml version="1.0" encoding="UTF-8"?><model unit="inch" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"><resources><basematerials id="9"><base name="White" displaycolor="#FFFFFF"/><base name="Red" displaycolor="#FF0000FF"/></basematerials><object id="1" type="model"><mesh><vertices>${vertices}</vertices><triangles>${triangles}</triangles></mesh></object><object id="2" type="model"><components><component objectid="1"/><component objectid="1" transform="1 0 0 0 1 0 0 0 1 60 0 0"/></components></object></resources><build><item objectid="2"/></build></model>`;
  return Buffer.from(zipSync({
    '[Content_Types].xml': Buffer.from('<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>'),
    '_rels/.rels': Buffer.from('<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Target="/3D/box.model" Id="r" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>'),
    '3D/box.model': Buffer.from(text),
  }));
}

/** Writes it and gives its path back. */
export function writeModel(path: string, bytes: Buffer): string {
  writeFileSync(path, bytes);
  return path;
}
