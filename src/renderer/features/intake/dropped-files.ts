/** The files of a drop. In a browser a dropped folder is walked through; the desktop hands the folder itself to the engine. */

/** Must be called while the drop event is handled: afterwards the browser forgets what was dropped. */
export function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  if (window.longhaul !== undefined) return Promise.resolve([...transfer.files]);
  const entries = [...transfer.items].map((entry) => (entry.kind === 'file' ? entry.webkitGetAsEntry() : null)).filter((entry) => entry !== null);
  if (entries.length === 0) return Promise.resolve([...transfer.files]);
  return filesOf(entries);
}

async function filesOf(entries: readonly FileSystemEntry[]): Promise<File[]> {
  const files: File[] = [];
  const left = [...entries].reverse();
  for (let entry = left.pop(); entry !== undefined; entry = left.pop()) {
    // The system's own hidden files are nobody's media.
    if (entry.name.startsWith('.')) continue;
    if (isFile(entry)) files.push(await fileOf(entry));
    else if (isDirectory(entry)) left.push(...(await childrenOf(entry)).reverse());
  }
  return files;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A directory is read in pieces, until an empty one. */
async function childrenOf(entry: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = entry.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (piece.length === 0) return children;
    children.push(...piece);
  }
}
