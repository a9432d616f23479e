import { describe, expect, it } from 'vitest';
import { PcmMatroskaReader, type PcmBlock } from './pcm-matroska.ts';

/** EBML: ID, size in one or eight bytes, data. */
function element(id: readonly number[], data: Buffer, isUnknownSize = false): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE((1n << 56n) | BigInt(data.length));
  return Buffer.concat([Buffer.from(id), isUnknownSize ? Buffer.from([0x01, 255, 255, 255, 255, 255, 255, 255]) : size, data]);
}

function simpleBlock(relativeMs: number, pcm: readonly number[]): Buffer {
  const time = Buffer.alloc(2);
  time.writeInt16BE(relativeMs);
  return element([0xa3], Buffer.concat([Buffer.from([0x81]), time, Buffer.from([0x80]), Buffer.from(pcm)]));
}

function cluster(ms: number, ...blocks: readonly Buffer[]): Buffer {
  const time = Buffer.alloc(4);
  time.writeUInt32BE(ms);
  return element([0x1f, 0x43, 0xb6, 0x75], Buffer.concat([element([0xe7], time), ...blocks]));
}

const STREAM = Buffer.concat([
  element([0x1a, 0x45, 0xdf, 0xa3], Buffer.from('header that is skipped')),
  element([0x18, 0x53, 0x80, 0x67], Buffer.concat([element([0xec], Buffer.alloc(300)), cluster(1000, simpleBlock(-21, [1, 2, 3, 4]), simpleBlock(0, [5, 6])), cluster(7_200_000, simpleBlock(5, [7, 8]))]), true),
]);
const BLOCKS = [{ startMs: 979, pcm: [1, 2, 3, 4] }, { startMs: 1000, pcm: [5, 6] }, { startMs: 7_200_005, pcm: [7, 8] }];

function plain(blocks: readonly PcmBlock[]): { startMs: number; pcm: number[] }[] {
  return blocks.map(({ startMs, pcm }) => ({ startMs, pcm: [...pcm] }));
}

describe('PcmMatroskaReader', () => {
  it('gives each block with the cluster\'s time and its own', () => {
    expect(plain(new PcmMatroskaReader().push(STREAM))).toEqual(BLOCKS);
  });

  it.each([1, 2, 3, 7, 100])('does not care whether bytes come %d at a time', (step) => {
    const reader = new PcmMatroskaReader();
    const blocks: PcmBlock[] = [];
    for (let at = 0; at < STREAM.length; at += step) blocks.push(...reader.push(STREAM.subarray(at, at + step)));
    expect(plain(blocks)).toEqual(BLOCKS);
  });

  it('refuses what is no Matroska', () => {
    expect(() => new PcmMatroskaReader().push(Buffer.alloc(64))).toThrow(/could not be read/);
  });
});
