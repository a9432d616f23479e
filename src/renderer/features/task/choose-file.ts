/** Asks for one file: by the system's dialog on the desktop; in a browser its own, and the file is uploaded. */
import { api } from '../../api/window-api.ts';

/** The engine's path of it; null: none was chosen. */
export async function chooseFile(canUseFiles: boolean): Promise<string | null> {
  if (canUseFiles) return (await api.chooseFiles({ kind: 'files' })).paths[0] ?? null;
  const file = await askBrowser();
  return file === null ? null : ((await api.pathsOf([file]))[0] ?? null);
}

function askBrowser(): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null));
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
}
