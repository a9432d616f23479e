import { describe, expect, it } from 'vitest';
import { hasGps, withoutGps, withoutPlaces } from './exif-location.ts';

/** A block with two fields and a GPS directory of one rational, in either byte order, with or without the letters before it. */
function block(order: 'II' | 'MM', prefix: string, gpsAt = 60): Buffer {
  const bytes = Buffer.alloc(120, 0xee);
  const [put16, put32] = order === 'II' ? [bytes.writeUInt16LE.bind(bytes), bytes.writeUInt32LE.bind(bytes)] : [bytes.writeUInt16BE.bind(bytes), bytes.writeUInt32BE.bind(bytes)];
  const field = (at: number, tag: number, type: number, count: number, value: number): void => {
    put16(tag, at);
    put16(type, at + 2);
    put32(count, at + 4);
    put32(value, at + 8);
  };
  bytes.write(order, 0, 'latin1');
  put16(42, 2);
  put32(8, 4);
  put16(3, 8);
  field(10, 0x0112, 3, 1, 1);
  field(22, 0x8825, 4, 1, gpsAt);
  field(34, 0xc4a5, 4, 1, 77);
  put32(0, 46);
  put16(1, 60);
  field(62, 2, 5, 3, 90);
  put32(0, 74);
  return Buffer.concat([Buffer.from(prefix, 'latin1'), bytes]);
}

describe('withoutGps', () => {
  it.each([['II', ''], ['MM', ''], ['II', 'Exif\0\0'], ['MM', 'Exif\0\0']] as const)('takes the directory, its values and the way to it out of a block (%s, %j), whose other bytes stay where they were', (order, prefix) => {
    const before = block(order, prefix);
    expect(hasGps(before)).toBe(true);
    const after = withoutGps(before) ?? Buffer.alloc(0);
    expect(after.length).toBe(before.length);
    expect(hasGps(after)).toBe(false);
    const start = prefix.length;
    // The directory and its three rationals.
    expect(after.subarray(start + 60, start + 78).every((byte) => byte === 0)).toBe(true);
    expect(after.subarray(start + 90, start + 114).every((byte) => byte === 0)).toBe(true);
    expect(after.subarray(start + 78, start + 90).equals(before.subarray(start + 78, start + 90))).toBe(true);
    // The third field has moved up.
    expect(after.subarray(start + 22, start + 34).equals(before.subarray(start + 34, start + 46))).toBe(true);
    expect(after.subarray(start + 10, start + 22).equals(before.subarray(start + 10, start + 22))).toBe(true);
  });

  it('knows no place in a block without one, nor in what is none', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('Exif\0\0'), Buffer.alloc(100), Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1')]) expect(withoutGps(bytes)).toBeNull();
  });

  it('drops the way to a directory that lies outside, and never writes beyond the block', () => {
    for (const gpsAt of [0, 4, 119, 200, 0xffff_ffff]) expect(hasGps(withoutGps(block('II', '', gpsAt)) ?? Buffer.alloc(0))).toBe(false);
  });
});

it('withoutPlaces takes places out of XMP, written as attributes, elements or nested, and leaves the rest', () => {
  const xmp = `<rdf:Description exif:GPSLatitude="52,30N" dc:format="image/jpeg" photoshop:City='Berlin'>
    <exif:GPSLongitude>13,24E</exif:GPSLongitude><dc:title><rdf:Alt><rdf:li xml:lang="x-default">City</rdf:li></rdf:Alt></dc:title>
    <Iptc4xmpExt:LocationCreated><rdf:Bag><rdf:li Iptc4xmpExt:City="Berlin"/></rdf:Bag></Iptc4xmpExt:LocationCreated><photoshop:Country/></rdf:Description>`;
  const clean = withoutPlaces(xmp);
  expect(clean).not.toMatch(/GPS|Berlin|Country|LocationCreated/);
  expect(clean).toContain('dc:format="image/jpeg"');
  expect(clean).toContain('<rdf:li xml:lang="x-default">City</rdf:li>');
});
