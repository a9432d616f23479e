/** Opens 3D models by what they hold: the way in for those who show them. Nothing is asked of the network, nothing read outside the model's folder. */
import { extname } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';
import { inputSizeAndHead } from './input-file.ts';
import { meshFormatOf } from './meshes-kind.ts';
import { damaged, type MeshFormat, type Model, type Reading } from './meshes-model.ts';

const READERS: Readonly<Record<MeshFormat, (reading: Reading) => Promise<Model>>> = {
  stl: async (reading) => (await import('./meshes-stl.ts')).readStl(reading),
  obj: async (reading) => (await import('./meshes-obj.ts')).readObj(reading),
  ply: async (reading) => (await import('./meshes-ply.ts')).readPly(reading),
  gltf: async (reading) => (await import('./meshes-gltf.ts')).readGltf(reading),
  '3mf': async (reading) => (await import('./meshes-3mf.ts')).readThreeMf(reading),
};

/** Throws one of the INPUT_ errors, each with what to do. */
export async function openModel(path: string, signal: AbortSignal): Promise<Model> {
  const { sizeBytes, head } = await inputSizeAndHead(path);
  const name = displayName(path);
  const format = meshFormatOf(extname(path).slice(1).toLowerCase(), head, sizeBytes);
  if (format === null) throw new TaskError('INPUT_NOT_MEDIA', `${name} is no 3D model that can be read. Choose an STL, OBJ, PLY, glTF, GLB or 3MF file, or export it as one.`);
  try {
    return await READERS[format]({ path, name, sizeBytes, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TaskError) throw error;
    // What a reader stumbles over in a mangled file: an array of an impossible length, a text that is too long.
    if (error instanceof RangeError || error instanceof TypeError) throw damaged(name, 'its contents contradict each other', error);
    throw error;
  }
}
