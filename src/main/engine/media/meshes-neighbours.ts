/** Files that a model names: taken from its own folder and from folders in it, never from elsewhere, and never by network. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';

export type Neighbour =
  | { readonly kind: 'found'; readonly bytes: Buffer }
  /** why: `is not there`, as the end of a sentence. */
  | { readonly kind: 'refused'; readonly why: string };

/** A scheme, of two letters at least: one is a drive of Windows, which is refused as absolute. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;

/** reference: as the model has it, decoded. */
export async function readNeighbour(modelPath: string, reference: string, limitBytes: number): Promise<Neighbour> {
  if (SCHEME.test(reference) || /^[\\/]{2}/.test(reference)) return refused('is an address on the network, which is never asked');
  const named = reference.replaceAll('\\', '/');
  if (reference === '' || reference.includes('\0') || isAbsolute(named) || /^[a-z]:/i.test(named)) return refused('is a path of another machine');
  const folder = dirname(resolve(modelPath));
  const wanted = resolve(folder, named);
  if (!isWithin(folder, wanted)) return refused('lies outside the folder of the model');
  try {
    // Links may lead elsewhere.
    const real = await realpath(wanted);
    if (!isWithin(await realpath(folder), real)) return refused('lies outside the folder of the model');
    return await readWhole(real, limitBytes);
  } catch {
    return refused('is not there or can\'t be read');
  }
}

async function readWhole(path: string, limitBytes: number): Promise<Neighbour> {
  // Before it is opened: to open a pipe waits for whoever writes into it.
  const found = await stat(path);
  if (!found.isFile()) return refused('is no file');
  if (found.size > limitBytes) return refused(`has more than ${String(Math.round(limitBytes / 1e6))} MB`);
  return { kind: 'found', bytes: await readFile(path) };
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function refused(why: string): Neighbour {
  return { kind: 'refused', why };
}
