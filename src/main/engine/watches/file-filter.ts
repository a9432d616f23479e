/** Which files of a watched folder are meant, by their names alone. */
import { isAbsolute, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { TaskError } from '../../../shared/errors.ts';
import type { WatchRuleBody } from '../../../shared/watch-contract.ts';
import { isMeant } from '../intake/walk.ts';

/** Names that programs give to what they have not finished writing: browsers, download and copy programs, editors, torrents. */
const UNFINISHED = /(^~|~$|\.(part|partial|crdownload|download|opdownload|tmp|temp|filepart|aria2|swp|swx|lock|bak~|!ut|!qb|!bt|inprogress|incomplete|copying|unfinished|rsync|syncthing|icloud)$|\.part\d*$|^unconfirmed .*\.crdownload$)/i;

export interface FileFilter {
  /** Whether a file is to be looked at; path: absolute. */
  accepts(path: string): boolean;
  /** Whether a folder below the watched one is gone into; path: absolute. */
  enters(dir: string): boolean;
}

type Wanted = Pick<WatchRuleBody, 'folder' | 'isRecursive' | 'include' | 'exclude'>;

/** apart: folders whose files are never taken: results, moved sources, Longhaul's own. Throws OPTION_INVALID for a pattern that is none. */
export function fileFilter({ folder, isRecursive, include, exclude }: Wanted, apart: readonly string[]): FileFilter {
  const isIncluded = include.length === 0 ? () => true : matcher(include);
  const isExcluded = exclude.length === 0 ? () => false : matcher(exclude);
  // Where the folder itself lies in one of them, its user meant it all the same.
  const closed = apart.filter((dir) => dir !== folder && isWithin(dir, folder));
  const enters = (dir: string): boolean => {
    const parts = partsWithin(dir, folder);
    return parts !== null && (parts.length === 0 || isRecursive) && parts.every(isMeant) && !closed.some((one) => isWithin(dir, one));
  };
  return {
    enters,
    accepts(path) {
      const parts = partsWithin(path, folder);
      const name = parts?.at(-1);
      if (parts === null || name === undefined || (parts.length > 1 && !isRecursive)) return false;
      if (!parts.every(isMeant) || UNFINISHED.test(name) || closed.some((dir) => isWithin(path, dir))) return false;
      const within = parts.join('/');
      return isIncluded(within) && !isExcluded(within);
    },
  };
}

/** Whether a path is a folder or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return partsWithin(path, folder) !== null;
}

function partsWithin(path: string, folder: string): string[] | null {
  const way = relative(folder, path);
  if (way === '') return [];
  return isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`) ? null : way.split(sep);
}

function matcher(globs: readonly string[]): (text: string) => boolean {
  const matchers = globs.map((glob) => {
    try {
      return picomatch([glob], { nocase: true, basename: !glob.includes('/') });
    } catch (cause) {
      throw new TaskError('OPTION_INVALID', `${glob} is not a pattern of file names. Write it like *.mp4 or interviews/**/*.wav.`, { cause });
    }
  });
  return (text) => matchers.some((matches) => matches(text));
}
