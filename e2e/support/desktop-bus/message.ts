/** Messages of D-Bus, as far as a small service needs them. https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol */

/** Kinds of messages by their numbers on the wire. */
export const KIND = { call: 1, reply: 2, error: 3, signal: 4 } as const;

/** A variant: its signature and value. Only what services here say. */
export type Value = { readonly of: 's' | 'o' | 'g'; readonly text: string } | { readonly of: 'u'; readonly number: number } | { readonly of: 'b'; readonly is: boolean };

export interface Incoming {
  readonly kind: number;
  readonly serial: number;
  readonly path: string;
  readonly member: string;
  readonly interfaceName: string;
  readonly sender: string;
  readonly body: Buffer;
}

/** Codes of header fields. */
const FIELD = { path: 1, interfaceName: 2, member: 3, errorName: 4, replySerial: 5, destination: 6, sender: 7, signature: 8 } as const;
const FIXED_BYTES = 16;

export interface Outgoing {
  readonly kind: (typeof KIND)[keyof typeof KIND];
  readonly path?: string;
  readonly interfaceName?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly destination?: string;
  readonly signature?: string;
  readonly body?: Buffer;
}

/** Reads values one after the other, each at its own alignment. */
export class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  align(size: number): void {
    this.#at = Math.ceil(this.#at / size) * size;
  }

  byte(): number {
    const value = this.#bytes.readUInt8(this.#at);
    this.#at += 1;
    return value;
  }

  uint32(): number {
    this.align(4);
    const value = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }

  text(): string {
    return this.#take(this.uint32());
  }

  signature(): string {
    return this.#take(this.byte());
  }

  /** With the NUL behind it. */
  #take(length: number): string {
    const value = this.#bytes.toString('utf8', this.#at, this.#at + length);
    this.#at += length + 1;
    return value;
  }
}

/** Writes values one after the other, each at its own alignment. */
export class Writer {
  readonly #parts: Buffer[] = [];
  #length = 0;

  align(size: number): this {
    return this.#add(Buffer.alloc((size - (this.#length % size)) % size));
  }

  byte(value: number): this {
    return this.#add(Buffer.of(value));
  }

  uint32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return this.align(4).#add(bytes);
  }

  text(value: string): this {
    const bytes = Buffer.from(value);
    return this.uint32(bytes.length).#add(bytes).byte(0);
  }

  signature(value: string): this {
    return this.byte(value.length).#add(Buffer.from(value)).byte(0);
  }

  variant(value: Value): this {
    this.signature(value.of);
    switch (value.of) {
      case 'u':
        return this.uint32(value.number);
      case 'b':
        return this.uint32(value.is ? 1 : 0);
      case 'g':
        return this.signature(value.text);
      default:
        return this.text(value.text);
    }
  }

  /** An array whose elements begin at multiples of elementAlign. */
  array(elementAlign: number, fill: (elements: Writer) => void): this {
    const start = Math.ceil(this.#length / 4) * 4 + 4;
    const padding = (elementAlign - (start % elementAlign)) % elementAlign;
    const elements = new Writer();
    fill(elements);
    const bytes = elements.bytes();
    return this.uint32(bytes.length).#add(Buffer.alloc(padding)).#add(bytes);
  }

  raw(bytes: Buffer): this {
    return this.#add(bytes);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #add(bytes: Buffer): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }
}

/** The first whole message in what has come, and how many bytes it took; null: more must come. */
export function readMessage(bytes: Buffer): { readonly message: Incoming; readonly length: number } | null {
  if (bytes.length < FIXED_BYTES) return null;
  if (bytes.readUInt8(0) !== 'l'.charCodeAt(0)) throw new Error('A big-endian message came over a local bus.');
  const bodyLength = bytes.readUInt32LE(4);
  const fieldsEnd = FIXED_BYTES + bytes.readUInt32LE(12);
  const bodyStart = Math.ceil(fieldsEnd / 8) * 8;
  const length = bodyStart + bodyLength;
  if (bytes.length < length) return null;
  const fields = readFields(bytes, fieldsEnd);
  const text = (code: number): string => fields.get(code) ?? '';
  return {
    message: {
      kind: bytes.readUInt8(1), serial: bytes.readUInt32LE(8), path: text(FIELD.path), member: text(FIELD.member),
      interfaceName: text(FIELD.interfaceName), sender: text(FIELD.sender), body: bytes.subarray(bodyStart, length),
    },
    length,
  };
}

/** Those that are text. */
function readFields(bytes: Buffer, end: number): Map<number, string> {
  const fields = new Map<number, string>();
  const reader = new Reader(bytes, FIXED_BYTES);
  while (reader.at < end) {
    reader.align(8);
    const code = reader.byte();
    const kind = reader.signature();
    if (kind === 's' || kind === 'o') fields.set(code, reader.text());
    else if (kind === 'g') fields.set(code, reader.signature());
    else reader.uint32();
  }
  return fields;
}

/** The bytes of one message. */
export function writeMessage(serial: number, message: Outgoing): Buffer {
  const body = message.body ?? Buffer.alloc(0);
  const fields: [number, Value][] = [];
  const add = (code: number, of: 's' | 'o' | 'g', text: string | undefined): void => {
    if (text !== undefined) fields.push([code, { of, text }]);
  };
  add(FIELD.path, 'o', message.path);
  add(FIELD.interfaceName, 's', message.interfaceName);
  add(FIELD.member, 's', message.member);
  add(FIELD.errorName, 's', message.errorName);
  if (message.replySerial !== undefined) fields.push([FIELD.replySerial, { of: 'u', number: message.replySerial }]);
  add(FIELD.destination, 's', message.destination);
  add(FIELD.signature, 'g', message.signature);
  return new Writer()
    .byte('l'.charCodeAt(0)).byte(message.kind).byte(0).byte(1).uint32(body.length).uint32(serial)
    .array(8, (elements) => { for (const [code, value] of fields) elements.align(8).byte(code).variant(value); })
    .align(8).raw(body).bytes();
}
