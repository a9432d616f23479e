/** Takes the place where a picture was taken out of its metadata and leaves the rest: EXIF (CIPA DC-008, a TIFF structure) and XMP. */

/** Field 34853 of the first directory leads to the GPS directory. */
const GPS_POINTER = 0x8825;
const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/**
 * A copy of the EXIF block, of the same length, whose GPS directory and all its values are zeros and which no field leads to any more; null: there was none.
 * Every other byte stays where it was, so notes of makers with offsets of their own stay whole.
 */
export function withoutGps(exif: Buffer): Buffer | null {
  const block = Buffer.from(exif);
  const start = block.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0;
  const tiff = new Block(block, start);
  const directory = tiff.firstDirectory();
  if (directory === null) return null;
  const index = Array.from({ length: directory.count }, (_, at) => at).find((at) => tiff.read16(directory.at + 2 + 12 * at) === GPS_POINTER);
  if (index === undefined) return null;
  tiff.wipeDirectory(tiff.read32(directory.at + 2 + 12 * index + 8));
  tiff.dropField(directory, index);
  return block;
}

/** Whether any field leads to a GPS directory. */
export function hasGps(exif: Buffer): boolean {
  return withoutGps(exif) !== null;
}

/** Properties of XMP that name a place: EXIF's, Photoshop's and IPTC's (core and extension). */
const PLACE = /^(exif:GPS\w*|photoshop:(City|State|Country)|Iptc4xmpCore:(Location|CountryCode)|Iptc4xmpExt:(LocationCreated|LocationShown|City|CountryCode|CountryName|ProvinceState|Sublocation|WorldRegion|LocationId|LocationName))$/;

/** The packet without properties that name a place, whether they are written as attributes or as elements. */
export function withoutPlaces(xmp: string): string {
  const attributes = xmp.replace(/\s+([\w-]+:[\w-]+)\s*=\s*("[^"]*"|'[^']*')/g, (whole, name: string) => (PLACE.test(name) ? '' : whole));
  return attributes.replace(/<([\w-]+:[\w-]+)(?:\s[^>]*)?(?:\/>|>[^]*?<\/\1\s*>)/g, (whole, name: string) => {
    if (PLACE.test(name)) return '';
    const inner = /^(<[^>]*>)([^]*)(<\/[^>]*>)$/.exec(whole);
    return inner === null ? whole : `${inner[1] ?? ''}${withoutPlaces(inner[2] ?? '')}${inner[3] ?? ''}`;
  });
}

interface Place {
  readonly at: number;
  readonly count: number;
}

/** One TIFF block in memory; what lies outside of it reads as zeros and is not written. */
class Block {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #isLittle: boolean;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#isLittle = bytes.toString('latin1', start, start + 2) === 'II';
  }

  firstDirectory(): Place | null {
    return this.#directory(this.read32(4));
  }

  /** Zeros over its values, its fields and its count. */
  wipeDirectory(at: number): void {
    const directory = this.#directory(at);
    if (directory === null) return;
    for (let index = 0; index < directory.count; index += 1) {
      const field = at + 2 + 12 * index;
      const bytes = (TYPE_BYTES[this.read16(field + 2)] ?? 1) * this.read32(field + 4);
      if (bytes > 4) this.#wipe(this.read32(field + 8), bytes);
    }
    this.#wipe(at, 2 + 12 * directory.count + 4);
  }

  /** Moves the fields behind it, and the link to the next directory, one place up. */
  dropField({ at, count }: Place, index: number): void {
    const [from, end] = [this.#start + at + 2 + 12 * (index + 1), this.#start + at + 2 + 12 * count + 4];
    this.#bytes.copyWithin(from - 12, from, end);
    this.#bytes.fill(0, end - 12, end);
    if (this.#isLittle) this.#bytes.writeUInt16LE(count - 1, this.#start + at);
    else this.#bytes.writeUInt16BE(count - 1, this.#start + at);
  }

  read16(at: number): number {
    return this.#read(at, 2);
  }

  read32(at: number): number {
    return this.#read(at, 4);
  }

  #directory(at: number): Place | null {
    const count = this.read16(at);
    return at < 8 || count === 0 || this.#start + at + 2 + 12 * count + 4 > this.#bytes.length ? null : { at, count };
  }

  #wipe(at: number, count: number): void {
    // Never the head of the block, whatever a field claims.
    if (at >= 8) this.#bytes.fill(0, Math.min(this.#start + at, this.#bytes.length), Math.min(this.#start + at + count, this.#bytes.length));
  }

  #read(at: number, size: number): number {
    const place = this.#start + at;
    if (place < 0 || place + size > this.#bytes.length) return 0;
    return this.#isLittle ? this.#bytes.readUIntLE(place, size) : this.#bytes.readUIntBE(place, size);
  }
}
