import { expect, it } from 'vitest';
import { dependencyOrder, type Keyed } from './dependency-order.ts';

const task = (key: string | undefined, ...dependsOn: Keyed['dependsOn'][number][]): Keyed => ({ key, dependsOn });

function circleIn(...tasks: Keyed[]): string {
  try {
    dependencyOrder(tasks);
  } catch (error) {
    return String(error);
  }
  return 'none';
}

it('tasks keep the order they came in where nothing speaks against it, and each comes after those it depends on', () => {
  expect(dependencyOrder([task(undefined), task('b', 'd', 7), task(undefined, 'b', 'b'), task('d')])).toEqual({ order: [0, 3, 1, 2], dependencies: [[], [3], [1], []] });
});

it('a circle is refused with its tasks named in the order in which they wait, and nobody else', () => {
  expect(circleIn(task('out', 'a'), task('a', 'b'), task('b', 'c'), task('c', 'a'))).toContain('in a circle: a → b → c → a.');
  expect(circleIn(task('a', 'a'))).toContain('in a circle: a → a.');
  expect(circleIn(task('top', 'left', 'right'), task('left', 'low'), task('right', 'low'), task('low'))).toBe('none');
});

it('a circle longer than anybody reads is named at both ends', () => {
  const ring = Array.from({ length: 10_000 }, (_, place) => task(`t${String(place)}`, `t${String((place + 1) % 10_000)}`));
  expect(circleIn(...ring)).toMatch(/circle: t0 → t1 → .* → t17 → \(9982 more\) → t0\. Take/);
});

it('a key that is not there is refused with the nearest, and one that is there twice too', () => {
  expect(circleIn(task('intro'), task('b', 'intr'))).toMatch(/"intr".*intro/);
  expect(circleIn(task('a'), task('a'))).toContain('The key "a" stands for two tasks');
});

it('a chain of ten thousand tasks that comes from its end is put in order', () => {
  const chain = Array.from({ length: 10_000 }, (_, place) => task(`t${String(place)}`, ...(place === 9_999 ? [] : [`t${String(place + 1)}`])));
  expect(dependencyOrder(chain).order).toEqual(Array.from({ length: 10_000 }, (_, place) => 9_999 - place));
});
