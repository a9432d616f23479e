/** Joins the corpus' clips into one long recording with its text. */
import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { runTool } from '../src/main/engine/media/child.ts';
import { rootDir } from './root.ts';

const manifest = z.array(z.object({ id: z.string(), seconds: z.number(), text: z.string(), file: z.string() }));

/** Undefined where the corpus is not beside the project. */
export function corpusDir(): string | undefined {
  const dir = join(rootDir, '..', 'shared', 'corpus');
  return existsSync(join(dir, 'manifest.json')) ? dir : undefined;
}

/** Clips in the manifest's order, again from the first when they run out, with 0.35–0.7 s of soft noise between; the same bytes each time. */
export async function joinCorpus(input: { dir: string; seconds: number; wavPath: string; ffmpegPath: string; signal: AbortSignal }): Promise<{ seconds: number; text: string }> {
  const clips = manifest.parse(JSON.parse(readFileSync(join(input.dir, 'manifest.json'), 'utf8')));
  const random = xorshift(20_231_123);
  const texts: string[] = [];
  let samples = 0;
  const file = await open(input.wavPath, 'w');
  try {
    await file.write(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    for (let turn = 0; samples < input.seconds * RATE; turn += 1) {
      const clip = clips[turn % clips.length];
      if (clip === undefined) throw new Error(`${input.dir} holds no clips.`);
      for (const pcm of [await decode(join(input.dir, clip.file), input.ffmpegPath, input.signal), noise(random)]) {
        await file.write(pcm, 0, pcm.length, HEADER_BYTES + samples * 2);
        samples += pcm.length / 2;
      }
      texts.push(clip.text);
    }
    await file.write(header(samples * 2), 0, HEADER_BYTES, 0);
  } finally {
    await file.close();
  }
  return { seconds: samples / RATE, text: texts.join(' ') };
}

const RATE = 16_000;
const HEADER_BYTES = 44;
/** About -58 dBFS: a quiet room. */
const NOISE_AMPLITUDE = 80;

async function decode(path: string, ffmpegPath: string, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await runTool({ path: ffmpegPath, args: ['-v', 'error', '-nostdin', '-i', `file:${path}`, '-ar', String(RATE), '-ac', '1', '-f', 's16le', 'pipe:1'], signal, onStdout: (chunk) => void chunks.push(chunk) });
  return Buffer.concat(chunks);
}

function noise(random: () => number): Buffer {
  const pcm = Buffer.alloc(Math.round((0.35 + 0.35 * random()) * RATE) * 2);
  for (let index = 0; index < pcm.length; index += 2) pcm.writeInt16LE(Math.round((random() * 2 - 1) * NOISE_AMPLITUDE), index);
  return pcm;
}

/** A seeded generator (xorshift32), so that every run hears the same noise. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function header(dataBytes: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + dataBytes, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(dataBytes, 40);
  return bytes;
}
