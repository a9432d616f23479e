/** The app as `node scripts/pack.mjs --for-tests` packs it, and what is in it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { getRawHeader } from '@electron/asar';
import * as z from 'zod';
import { rootDir } from '../desktop/machine.ts';

export interface PackedApp {
  readonly executablePath: string;
  readonly resourcesDir: string;
  readonly asarPath: string;
}

const packedDir = join(rootDir, '.cache', 'pack', 'test');

/** By the builder's own names of folders. Throws where nothing was packed. */
export function findPackedApp(): PackedApp {
  const folder = (existsSync(packedDir) ? readdirSync(packedDir) : []).find((name) => /-unpacked$|^mac/.test(name));
  if (folder === undefined) throw new Error('Nothing is packed. Run: node scripts/pack.mjs --for-tests');
  const dir = join(packedDir, folder);
  switch (process.platform) {
    case 'darwin':
      return packed(join(dir, 'Longhaul.app', 'Contents', 'MacOS', 'Longhaul'), join(dir, 'Longhaul.app', 'Contents', 'Resources'));
    case 'win32':
      return packed(join(dir, 'Longhaul.exe'), join(dir, 'resources'));
    default:
      return packed(join(dir, 'longhaul'), join(dir, 'resources'));
  }
}

function packed(executablePath: string, resourcesDir: string): PackedApp {
  return { executablePath, resourcesDir, asarPath: join(resourcesDir, 'app.asar') };
}

/** Files in the archive, with / between folders and none at the start. */
export function filesInArchive({ asarPath }: PackedApp): string[] {
  return filesOf(archiveTree(asarPath));
}

/** Files that the archive names and that lie beside it. */
export function unpackedFiles({ asarPath }: PackedApp): string[] {
  return filesOf(archiveTree(asarPath), (file) => file.unpacked === true);
}

interface Node {
  readonly files?: Readonly<Record<string, Node>> | undefined;
  readonly unpacked?: boolean | undefined;
}
const node: z.ZodType<Node> = z.lazy(() => z.object({ files: z.record(z.string(), node).optional(), unpacked: z.boolean().optional() }));

function archiveTree(path: string): Node {
  return node.parse(getRawHeader(path).header);
}

function filesOf(tree: Node, isWanted: (file: Node) => boolean = () => true, prefix = ''): string[] {
  return Object.entries(tree.files ?? {}).flatMap(([name, child]) => (child.files === undefined ? (isWanted(child) ? [prefix + name] : []) : filesOf(child, isWanted, `${prefix}${name}/`)));
}
