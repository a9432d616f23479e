/** Growing lists of numbers without a box around each, for readers that learn how many there are only at the end. */

const FIRST_LENGTH = 3 * 1_024;
const GROWTH = 1.6;

export class FloatList {
  #data = new Float32Array(FIRST_LENGTH);
  length = 0;

  push(value: number): void {
    if (this.length === this.#data.length) {
      const larger = new Float32Array(Math.ceil(this.#data.length * GROWTH));
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.length] = value;
    this.length += 1;
  }

  /** NaN where there is nothing. */
  at(index: number): number {
    return index < this.length ? (this.#data[index] ?? NaN) : NaN;
  }

  /** What was pushed, without what was kept in reserve. */
  take(): Float32Array {
    return this.#data.slice(0, this.length);
  }
}

export class IndexList {
  #data = new Uint32Array(FIRST_LENGTH);
  length = 0;

  push(value: number): void {
    if (this.length === this.#data.length) {
      const larger = new Uint32Array(Math.ceil(this.#data.length * GROWTH));
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.length] = value;
    this.length += 1;
  }

  take(): Uint32Array {
    return this.#data.slice(0, this.length);
  }
}

export class ByteList {
  #data = new Uint8Array(FIRST_LENGTH);
  length = 0;

  /** 0–1 is taken to 0–255. */
  pushShare(value: number): void {
    if (this.length === this.#data.length) {
      const larger = new Uint8Array(Math.ceil(this.#data.length * GROWTH));
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.length] = Math.round(Math.min(1, Math.max(0, value)) * 255);
    this.length += 1;
  }

  /** 0 where there is nothing. */
  at(index: number): number {
    return index < this.length ? (this.#data[index] ?? 0) : 0;
  }

  take(): Uint8Array {
    return this.#data.slice(0, this.length);
  }
}
