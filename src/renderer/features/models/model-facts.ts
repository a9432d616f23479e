/** What a model's name tells of it. */

export const MODEL_FAMILIES = ['tiny', 'base', 'small', 'medium', 'large', 'turbo'] as const;
export type ModelFamily = (typeof MODEL_FAMILIES)[number];

/** By whisper.cpp's names (`large-v3-turbo-q5_0`); null: somebody's own. */
export function familyOf(name: string): ModelFamily | null {
  const [, first, rest = ''] = /^(tiny|base|small|medium|large)\b(.*)$/.exec(name) ?? [];
  if (/\bturbo\b/.test(rest)) return 'turbo';
  return MODEL_FAMILIES.find((family) => family === first) ?? null;
}

/** What stands beside a model of the catalogue. */
export type DownloadState = 'absent' | 'downloading' | 'partial' | 'present';

export function downloadState(entry: { readonly isPresent: boolean; readonly isDownloading: boolean; readonly downloadedBytes: number | null }): DownloadState {
  if (entry.isPresent) return 'present';
  if (entry.isDownloading) return 'downloading';
  return (entry.downloadedBytes ?? 0) > 0 ? 'partial' : 'absent';
}
