/** A glTF scene as plain triangles in the world, by three's own reader and mathematics. Skinned and morphed shapes are taken as they stand. */
import { Color, InstancedMesh, Matrix3, Matrix4, Mesh, MeshBasicMaterial, MeshStandardMaterial, SkinnedMesh, Texture as ThreeTexture, Vector2, Vector3, type BufferAttribute, type BufferGeometry, type InterleavedBufferAttribute, type Material as ThreeMaterial, type Object3D } from 'three';
import { MeshoptDecoder } from 'three/examples/jsm/libs/meshopt_decoder.module.js';
import { GLTFLoader, type GLTFParser } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { damaged, isPlace, leftOutRemark, MOST_TRIANGLES, nothingIn, PLAIN_MATERIAL, tooLarge, type Material, type Model, type Reading, type Surface, type Texture } from './meshes-model.ts';

type Attribute = BufferAttribute | InterleavedBufferAttribute;

/** A scene without a single address in it. */
export interface OpenedGltf {
  /** JSON. */
  readonly text: string;
  readonly buffers: readonly ArrayBuffer[];
  /** By the texture's place in the JSON; null: it can't be had. */
  readonly textures: readonly (Texture | null)[];
  readonly remarks: readonly string[];
}

export async function sceneOf(opened: OpenedGltf, { name, signal }: Reading): Promise<Model> {
  let scene: Object3D;
  try {
    scene = await parsed(opened);
  } catch (cause) {
    throw damaged(name, 'its scene can\'t be put together', cause);
  }
  signal.throwIfAborted();
  return new Flattening(opened.textures, name).model(scene, opened.remarks);
}

async function parsed({ text, buffers }: OpenedGltf): Promise<Object3D> {
  const loader = new GLTFLoader();
  loader.setMeshoptDecoder(MeshoptDecoder);
  loader.register((parser: GLTFParser) => {
    settleAll(parser);
    // It would look for an address otherwise, and there is none left.
    parser.loadBuffer = (index: number) => Promise.resolve(buffers[index] ?? new ArrayBuffer(0));
    return {
      name: 'LONGHAUL_opened',
      loadTexture: (index: number) => {
        const texture = new ThreeTexture();
        texture.userData['index'] = index;
        return Promise.resolve(texture);
      },
    };
  });
  const { scene, scenes } = await loader.parseAsync(text, '');
  const first: Object3D | undefined = scene ?? scenes[0];
  if (first === undefined) throw new Error('It has no scene.');
  first.updateMatrixWorld(true);
  return first;
}

/**
 * What three asks for may throw at once while other parts are still being asked for, whose failures then nobody hears of: that would end the process.
 * Here every question is answered by a promise, and every promise is heard.
 */
function settleAll(parser: GLTFParser): void {
  const ask: (type: string, index: number) => Promise<unknown> = parser.getDependency.bind(parser);
  parser.getDependency = (type, index) => {
    const answer = attempted(() => ask(type, index));
    answer.catch(() => undefined);
    return answer;
  };
}

function attempted(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return Promise.resolve(ask());
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

class Flattening {
  readonly #textures: readonly (Texture | null)[];
  readonly #name: string;
  readonly #surfaces: Surface[] = [];
  readonly #materials: Material[] = [];
  readonly #known = new Map<ThreeMaterial, number>();
  readonly #sources = new Set<BufferGeometry>();
  #triangles = 0;
  #leftOut = 0;

  constructor(textures: readonly (Texture | null)[], name: string) {
    this.#textures = textures;
    this.#name = name;
  }

  model(scene: Object3D, remarks: readonly string[]): Model {
    scene.traverseVisible((object) => {
      if (isMesh(object)) this.#takeMesh(object);
    });
    if (this.#surfaces.length === 0) throw this.#leftOut > 0 ? damaged(this.#name, 'none of its triangles has three places') : nothingIn(this.#name);
    const vertexCount = [...this.#sources].reduce((sum, geometry) => sum + (geometry.getAttribute('position')?.count ?? 0), 0);
    return { format: 'gltf', unit: 'metre', up: 'y', vertexCount, surfaces: this.#surfaces, materials: this.#materials, remarks: [...leftOutRemark(this.#leftOut), ...remarks] };
  }

  #takeMesh(mesh: Mesh): void {
    const { geometry } = mesh;
    if (geometry.getAttribute('position') === undefined) return;
    this.#sources.add(geometry);
    const material = this.#materialOf(Array.isArray(mesh.material) ? mesh.material[0] : mesh.material, geometry.getAttribute('color') !== undefined);
    if (!(mesh instanceof InstancedMesh)) {
      this.#takeGeometry(mesh, geometry, mesh.matrixWorld, material);
      return;
    }
    const matrix = new Matrix4();
    for (let at = 0; at < mesh.count; at += 1) {
      mesh.getMatrixAt(at, matrix);
      this.#takeGeometry(mesh, geometry, matrix.premultiply(mesh.matrixWorld), material);
    }
  }

  #takeGeometry(mesh: Mesh, geometry: BufferGeometry, matrix: Matrix4, material: { index: number; map: ThreeTexture | null }): void {
    const position = geometry.getAttribute('position');
    const index = geometry.getIndex();
    const corners = index?.count ?? position.count;
    this.#triangles += Math.floor(corners / 3);
    if (this.#triangles > MOST_TRIANGLES) throw tooLarge(this.#name, `more than ${String(MOST_TRIANGLES)} triangles`);
    const positions = placesOf(mesh, position, matrix);
    const indices = new Uint32Array(Math.floor(corners / 3) * 3);
    let at = 0;
    for (let from = 0; from + 2 < corners; from += 3) {
      const triangle = [0, 1, 2].map((corner) => index?.getX(from + corner) ?? from + corner);
      if (triangle.every((corner) => corner < position.count && isPlace(positions[corner * 3] ?? NaN, positions[corner * 3 + 1] ?? NaN, positions[corner * 3 + 2] ?? NaN))) for (const corner of triangle) indices[at++] = corner;
      else this.#leftOut += 1;
    }
    if (at === 0) return;
    const normal = mesh instanceof SkinnedMesh ? undefined : geometry.getAttribute('normal');
    this.#surfaces.push({
      positions, indices: indices.subarray(0, at), normals: normal === undefined || normal.count < position.count ? null : normalsOf(normal, matrix),
      colours: coloursOf(geometry.getAttribute('color'), position.count), uvs: material.map === null ? null : uvsOf(geometry, material.map), material: material.index,
    });
  }

  #materialOf(material: ThreeMaterial | undefined, hasColours: boolean): { index: number; map: ThreeTexture | null } {
    const map = material instanceof MeshStandardMaterial || material instanceof MeshBasicMaterial ? material.map : null;
    const known = material === undefined ? undefined : this.#known.get(material);
    if (known !== undefined) return { index: known, map };
    const index = this.#materials.push(this.#read(material, map, hasColours)) - 1;
    if (material !== undefined) this.#known.set(material, index);
    return { index, map };
  }

  #read(material: ThreeMaterial | undefined, map: ThreeTexture | null, hasColours: boolean): Material {
    const place: unknown = map?.userData['index'];
    const texture = typeof place === 'number' ? (this.#textures[place] ?? null) : null;
    if (!(material instanceof MeshStandardMaterial || material instanceof MeshBasicMaterial)) return PLAIN_MATERIAL;
    const glow = material instanceof MeshStandardMaterial ? material.emissive.clone().multiplyScalar(Math.min(1, material.emissiveIntensity)) : new Color(0, 0, 0);
    // A glow with a map of its own is taken to be dark but for its spots.
    const isGlowing = material instanceof MeshStandardMaterial && material.emissiveMap === null;
    const isUnset = texture === null && !hasColours && material.name === '' && material.color.getHex() === 0xffffff && material instanceof MeshStandardMaterial && material.metalness === 1;
    return {
      name: material.name, texture, colour: isUnset ? null : written(material.color), opacity: material.opacity, cutOut: material.alphaTest > 0 ? material.alphaTest : null,
      isSeeThrough: material.transparent || material.alphaTest > 0, glow: isGlowing ? written(glow) : [0, 0, 0], gloss: material instanceof MeshStandardMaterial ? Math.min(0.9, Math.max(0, 1 - material.roughness)) : 0,
    };
  }
}

function isMesh(object: Object3D): object is Mesh {
  return object instanceof Mesh;
}

/** As people write colours. */
function written(colour: Color): [number, number, number] {
  const { r, g, b } = colour.clone().convertLinearToSRGB();
  return [r, g, b];
}

function placesOf(mesh: Mesh, position: Attribute, matrix: Matrix4): Float32Array {
  const positions = new Float32Array(position.count * 3);
  const place = new Vector3();
  const isMoved = mesh instanceof SkinnedMesh || (mesh.morphTargetInfluences?.length ?? 0) > 0;
  for (let at = 0; at < position.count; at += 1) {
    if (isMoved) mesh.getVertexPosition(at, place);
    else place.fromBufferAttribute(position, at);
    place.applyMatrix4(matrix).toArray(positions, at * 3);
  }
  return positions;
}

function normalsOf(normal: Attribute, matrix: Matrix4): Float32Array {
  const normals = new Float32Array(normal.count * 3);
  const turn = new Matrix3().getNormalMatrix(matrix);
  const one = new Vector3();
  for (let at = 0; at < normal.count; at += 1) one.fromBufferAttribute(normal, at).applyMatrix3(turn).normalize().toArray(normals, at * 3);
  return normals;
}

/** Of light in the file, of the eye in ours. */
function coloursOf(colour: Attribute | undefined, count: number): Uint8Array | null {
  if (colour === undefined || colour.count < count) return null;
  const colours = new Uint8Array(count * 4);
  const one = new Color();
  for (let at = 0; at < count; at += 1) {
    one.setRGB(colour.getX(at), colour.getY(at), colour.getZ(at)).convertLinearToSRGB();
    for (const [channel, value] of [one.r, one.g, one.b, colour.itemSize === 4 ? colour.getW(at) : 1].entries()) colours[at * 4 + channel] = Math.round(Math.min(1, Math.max(0, value)) * 255);
  }
  return colours;
}

function uvsOf(geometry: BufferGeometry, map: ThreeTexture): Float32Array | null {
  const uv = geometry.getAttribute(map.channel === 0 ? 'uv' : `uv${String(map.channel)}`);
  if (uv === undefined) return null;
  map.updateMatrix();
  const uvs = new Float32Array(uv.count * 2);
  const one = new Vector2();
  for (let at = 0; at < uv.count; at += 1) {
    one.set(uv.getX(at), uv.getY(at)).applyMatrix3(map.matrix);
    uvs[at * 2] = one.x;
    uvs[at * 2 + 1] = 1 - one.y;
  }
  return uvs;
}
