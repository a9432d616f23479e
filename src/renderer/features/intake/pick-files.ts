/** Files by a dialog: the system's on the desktop, the browser's elsewhere. */
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { attempt } from '../../ui/toast.ts';
import { offerFiles, offerPaths } from './intake-store.ts';

/** Asks the user for files or a folder, and shows what would be done with them. */
export function pickFiles(kind: 'files' | 'folder'): void {
  if (useMirror.getState().host?.can.useFiles === true) {
    attempt(async () => offerPaths((await api.chooseFiles({ kind })).paths));
    return;
  }
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = kind === 'folder';
  input.addEventListener('change', () => void offerFiles([...(input.files ?? [])]));
  input.click();
}

/** Shows what would be done with the sample that comes along. */
export function trySample(): void {
  const path = useMirror.getState().host?.samplePath;
  if (path !== undefined) void offerPaths([path]);
}
