/** Writes a span of a file of samples as a WAV that whisper-cli reads. */
import { open, writeFile } from 'node:fs/promises';
import { BYTES_PER_SAMPLE, SAMPLE_RATE } from './pcm-timeline.ts';
import type { SampleSpan } from './speech-windows.ts';

/** One window at a time: less than a megabyte. What lies past the end of the samples is silence. */
export async function writeWav(pcmPath: string, span: SampleSpan, wavPath: string): Promise<void> {
  const pcm = await readPcm(pcmPath, span);
  await writeFile(wavPath, Buffer.concat([wavHeader(pcm.length), pcm]));
}

/** The samples of one span. */
export async function readPcm(pcmPath: string, { startSample, endSample }: SampleSpan): Promise<Buffer> {
  const source = await open(pcmPath, 'r');
  try {
    const pcm = Buffer.alloc((endSample - startSample) * BYTES_PER_SAMPLE);
    await source.read(pcm, 0, pcm.length, startSample * BYTES_PER_SAMPLE);
    return pcm;
  } finally {
    await source.close();
  }
}

/** RIFF WAVE, PCM, one channel, 16 bit. */
function wavHeader(dataBytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * BYTES_PER_SAMPLE, 28);
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
