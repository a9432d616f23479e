/** Recipes as files of the user's: read from one, saved as one. */

/** The text of a file that the user chooses; null: none was chosen. */
export async function askRecipeText(): Promise<string | null> {
  const file = await new Promise<File | null>((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.json,application/json';
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null));
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
  return file === null ? null : await file.text();
}

/** Hands the file to the browser, which puts it where it puts downloads. */
export function saveText(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The click has begun the download; the next task may let go of the bytes.
  setTimeout(() => URL.revokeObjectURL(url));
}
