/** Remembers which model files were read whole and found right, so that gigabytes are not read again at each start. */
import { readFile, rename, stat, writeFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { checkModel, modelDamaged } from './model-check.ts';
import { sha256OfFile } from './durable-file.ts';
import type { ModelHeader } from './model-header.ts';

/** Sums of files that Longhaul ships, by name. Their origin is in NOTICE. */
const BUNDLED_SUMS: Readonly<Record<string, string>> = {
  'ggml-tiny.en-q8_0.bin': '9bd0c0cdee6693043a7450c8004b9c486c56735b90a31dbe72f741de6a7c2d23',
};

const record = z.object({
  sizeBytes: z.number(),
  modifiedMs: z.number(),
  /** What the file must have: measured when it was added, or known from the start. */
  sha256: z.string().length(64),
});
const ledger = z.record(z.string(), record);
type Ledger = z.infer<typeof ledger>;

/**
 * Checks a model as far as anything is known about it: its structure always, its sum when Longhaul shipped or downloaded it and
 * the file was touched since. Throws MODEL_MISSING or MODEL_DAMAGED.
 */
export async function verifyModel(path: string, dirs: { modelsDir: string; bundledModelsDir: string }, signal: AbortSignal): Promise<ModelHeader> {
  const header = await checkModel(path);
  const { size, mtimeMs } = await stat(path);
  const known = await readLedger(dirs.modelsDir);
  const entry = known[path];
  const expected = entry?.sha256 ?? (path === join(dirs.bundledModelsDir, basename(path)) ? BUNDLED_SUMS[basename(path)] : undefined);
  if (expected === undefined || (entry?.sizeBytes === size && entry.modifiedMs === mtimeMs)) return header;
  if ((await sha256OfFile(path, signal)) !== expected) throw modelDamaged(path, 'its contents are not what was published (sha256)');
  await rememberModelSum(dirs.modelsDir, path, expected);
  return header;
}

/** Keeps the sum of a file that has just been read whole. A models folder that can't be written to only costs time at the next start. */
export async function rememberModelSum(modelsDir: string, path: string, sha256: string): Promise<void> {
  const { size, mtimeMs } = await stat(path);
  const known = await readLedger(modelsDir);
  await writeLedger(modelsDir, { ...known, [path]: { sizeBytes: size, modifiedMs: mtimeMs, sha256 } }).catch(() => undefined);
}

export async function forgetModelSum(modelsDir: string, path: string): Promise<void> {
  const { [path]: _, ...rest } = await readLedger(modelsDir);
  await writeLedger(modelsDir, rest).catch(() => undefined);
}

function ledgerPath(modelsDir: string): string {
  return join(modelsDir, 'verified.json');
}

async function readLedger(modelsDir: string): Promise<Ledger> {
  try {
    return ledger.parse(JSON.parse(await readFile(ledgerPath(modelsDir), 'utf8')));
  } catch {
    return {};
  }
}

async function writeLedger(modelsDir: string, entries: Ledger): Promise<void> {
  await mkdir(modelsDir, { recursive: true });
  const temporary = `${ledgerPath(modelsDir)}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(entries, null, 2));
  await rename(temporary, ledgerPath(modelsDir));
}
