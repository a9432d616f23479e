/** Where the window was, and where it may be shown on today's screens. */
import * as z from 'zod';

const area = z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() });
/** In device-independent pixels. */
export type Area = z.infer<typeof area>;

export const windowState = z.object({ bounds: area, isMaximised: z.boolean() });
export type WindowState = z.infer<typeof windowState>;

/** Smaller than this the list and the detail beside it don't fit. */
export const SMALLEST = { width: 720, height: 480 } as const;
/** The first time. */
const USUAL = { width: 1180, height: 780 } as const;
/** So much of the window's top must be on a screen that a person can take hold of it. */
const HOLD_WIDTH = 120;
const HOLD_HEIGHT = 32;

/** What is needed to open the window: its kept place where a screen still shows it, else the middle of the first screen. */
export function placeWindow(kept: WindowState | null, workAreas: readonly Area[]): { readonly bounds: Area; readonly isMaximised: boolean } {
  const home = workAreas[0] ?? { x: 0, y: 0, ...USUAL };
  if (kept === null) return { bounds: centred(USUAL, home), isMaximised: false };
  const shownOn = workAreas.find((screen) => canBeHeld(kept.bounds, screen));
  return { bounds: shownOn === undefined ? centred(kept.bounds, home) : fitted(kept.bounds, shownOn), isMaximised: kept.isMaximised };
}

function canBeHeld({ x, y, width }: Area, screen: Area): boolean {
  const visibleWidth = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
  return visibleWidth >= HOLD_WIDTH && y >= screen.y - HOLD_HEIGHT && y + HOLD_HEIGHT <= screen.y + screen.height;
}

/** No larger than the screen, no smaller than it works in. */
function fitted({ x, y, width, height }: Area, screen: Area): Area {
  return { x, y: Math.max(y, screen.y), width: between(width, SMALLEST.width, screen.width), height: between(height, SMALLEST.height, screen.height) };
}

function centred(size: { readonly width: number; readonly height: number }, screen: Area): Area {
  const width = between(size.width, SMALLEST.width, screen.width);
  const height = between(size.height, SMALLEST.height, screen.height);
  return { x: screen.x + Math.round((screen.width - width) / 2), y: screen.y + Math.round((screen.height - height) / 2), width, height };
}

/** Where the two contradict each other the screen's size wins. */
function between(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
