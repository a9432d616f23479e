import { describe, expect, it } from 'vitest';
import { placeWindow } from './window-state.ts';

const LAPTOP = { x: 0, y: 25, width: 1440, height: 875 };
const BESIDE = { x: 1440, y: 0, width: 1920, height: 1080 };

describe('the window at a start', () => {
  it('is in the middle of the first screen the first time', () => {
    expect(placeWindow(null, [LAPTOP])).toEqual({ bounds: { x: 130, y: 73, width: 1180, height: 780 }, isMaximised: false });
  });

  it('is where it was left, also on the second screen', () => {
    const kept = { bounds: { x: 1600, y: 100, width: 1000, height: 700 }, isMaximised: true };
    expect(placeWindow(kept, [LAPTOP, BESIDE])).toEqual(kept);
  });

  it('comes to the first screen when its own is not there any more', () => {
    const { bounds } = placeWindow({ bounds: { x: 1600, y: 100, width: 1000, height: 700 }, isMaximised: false }, [LAPTOP]);
    expect(bounds).toEqual({ x: 220, y: 113, width: 1000, height: 700 });
  });

  it('comes back when nothing of its top can be taken hold of', () => {
    const bounds = { x: 200, y: -600, width: 1000, height: 700 };
    expect(placeWindow({ bounds, isMaximised: false }, [LAPTOP]).bounds.y).toBeGreaterThanOrEqual(LAPTOP.y);
    expect(placeWindow({ bounds: { ...bounds, y: 890 }, isMaximised: false }, [LAPTOP]).bounds.y).toBeLessThan(800);
  });

  it('is never larger than its screen nor smaller than it works in', () => {
    expect(placeWindow({ bounds: { x: 10, y: 30, width: 4000, height: 3000 }, isMaximised: false }, [LAPTOP]).bounds).toEqual({ x: 10, y: 30, width: 1440, height: 875 });
    expect(placeWindow({ bounds: { x: 10, y: 30, width: 10, height: 10 }, isMaximised: false }, [LAPTOP]).bounds).toMatchObject({ width: 720, height: 480 });
  });

  it('opens where no screen is known', () => {
    expect(placeWindow(null, []).bounds).toEqual({ x: 0, y: 0, width: 1180, height: 780 });
  });
});
