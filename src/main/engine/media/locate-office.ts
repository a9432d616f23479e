/** Finds LibreOffice. It is not started for that: its first start takes seconds, and nobody waits for them who has no office documents. */
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** What of the machine decides where it may lie. */
interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** Path null: not found, and then what to do. */
export interface FoundOffice {
  readonly path: string | null;
  readonly from: string;
  readonly cure: string | null;
}

interface Place {
  readonly from: string;
  readonly path: string;
}

/** The first place where it is. */
export async function locateOffice(surroundings: Surroundings): Promise<FoundOffice> {
  const chosen = surroundings.env['LONGHAUL_LIBREOFFICE'];
  const places = chosen ? [{ from: 'LONGHAUL_LIBREOFFICE', path: chosen }] : [...onPath(surroundings), ...(await usualPlaces(surroundings))];
  for (const { from, path } of places) {
    if (await isProgram(path)) return { path, from, cure: null };
  }
  const cure = chosen ? 'Correct LONGHAUL_LIBREOFFICE, or take it away.' : 'Install LibreOffice for pictures of office documents; without it they show the words alone.';
  return { path: null, from: chosen ? 'LONGHAUL_LIBREOFFICE: does not work' : 'not found', cure };
}

function onPath({ env, platform }: Surroundings): Place[] {
  const names = platform === 'win32' ? ['soffice.com'] : ['soffice', 'libreoffice'];
  return (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '').flatMap((folder) => names.map((name) => ({ from: 'PATH', path: join(folder, name) })));
}

/** Where installers put it. */
async function usualPlaces({ platform, env }: Surroundings): Promise<Place[]> {
  if (platform === 'darwin') return [{ from: 'Applications', path: '/Applications/LibreOffice.app/Contents/MacOS/soffice' }];
  if (platform === 'win32') {
    const roots = [env['ProgramFiles'], env['ProgramFiles(x86)']].filter((root) => root !== undefined);
    return roots.map((root) => ({ from: 'Program Files', path: join(root, 'LibreOffice', 'program', 'soffice.com') }));
  }
  const installed = (await readdir('/opt').catch(() => [])).filter((name) => name.startsWith('libreoffice')).sort().reverse();
  return [
    { from: 'the system', path: '/usr/lib/libreoffice/program/soffice' }, { from: 'the system', path: '/usr/lib64/libreoffice/program/soffice' },
    ...installed.map((name) => ({ from: '/opt', path: join('/opt', name, 'program', 'soffice') })),
    { from: 'snap', path: '/snap/bin/libreoffice' },
  ];
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(() => true, () => false);
}
