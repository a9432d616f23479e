/** A transcript as a file that the user keeps. */
import type { ExportFormat } from '../../../shared/transcript.ts';
import type { TaskId } from '../../../shared/task.ts';
import { api } from '../../api/window-api.ts';

/** Hands the file to the browser, which puts it where it puts downloads. */
export async function downloadTranscript(id: TaskId, format: ExportFormat): Promise<string> {
  const { fileName, mimeType, base64 } = await api.exportTranscript({ id, format });
  const url = URL.createObjectURL(new Blob([decodeBase64(base64)], { type: mimeType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The click has begun the download; the next task may let go of the bytes.
  setTimeout(() => URL.revokeObjectURL(url));
  return fileName;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
