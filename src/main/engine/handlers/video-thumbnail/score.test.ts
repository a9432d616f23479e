import { expect, it } from 'vitest';
import { SCORE_HEIGHT, SCORE_WIDTH, tellingScore } from './score.ts';

const picture = (value: (x: number, y: number) => number): Uint8Array => Uint8Array.from({ length: SCORE_WIDTH * SCORE_HEIGHT }, (_, index) => value(index % SCORE_WIDTH, Math.floor(index / SCORE_WIDTH)));

it('a scene tells more than a title on black, and that more than black or white', () => {
  const scene = tellingScore(picture((x, y) => 40 + ((x * 7 + y * y * 3) % 170)));
  const title = tellingScore(picture((x, y) => (y > 24 && y < 30 && x % 9 < 4 ? 230 : 0)));
  const black = tellingScore(picture(() => 0));
  const white = tellingScore(picture(() => 255));
  expect(scene).toBeGreaterThan(title);
  expect(title).toBeGreaterThan(black);
  expect(black).toBe(0);
  expect(white).toBe(0);
});

it('a scene in the dark tells less than the same in the light', () => {
  const shape = (x: number, y: number): number => (x * 7 + y * y * 3) % 170;
  expect(tellingScore(picture((x, y) => shape(x, y) / 8))).toBeLessThan(tellingScore(picture((x, y) => 40 + shape(x, y))));
});
