/** What the tray's menu says; a pure function of the work, made anew at every change because Linux takes no changes of a menu. */
import type { MenuItemConstructorOptions } from 'electron';
import { batchProgress } from './batch.ts';
import { counted, type Texts } from './texts.ts';
import type { Overview } from './work-watch.ts';

export interface TrayActions {
  readonly show: () => void;
  readonly pauseAll: () => void;
  readonly resumeAll: () => void;
  readonly quit: () => void;
}

/** The menu is made anew when it reads differently, and an open one closes then: its progress goes in steps. */
const MENU_STEP = 0.05;

export function trayMenu(overview: Overview | null, texts: Texts, actions: TrayActions): MenuItemConstructorOptions[] {
  const progress = overview === null ? null : batchProgress(overview.batch, overview.waiting);
  const shownProgress = progress === null ? null : Math.floor(progress / MENU_STEP) * MENU_STEP;
  const isHeld = overview?.holds.includes('user') ?? false;
  return [
    { id: 'status', label: statusLine(overview, texts, shownProgress), enabled: false },
    { type: 'separator' },
    { id: 'show', label: texts.show, click: actions.show },
    isHeld
      ? { id: 'resume-all', label: texts.resumeAll, click: actions.resumeAll }
      : { id: 'pause-all', label: texts.pauseAll, click: actions.pauseAll, enabled: overview !== null },
    { type: 'separator' },
    { id: 'quit', label: texts.quit, click: actions.quit },
  ];
}

/** Linux shows no progress anywhere else, so the line says that too. */
export function statusLine(overview: Overview | null, texts: Texts, progress: number | null = null): string {
  if (overview === null) return texts.opening;
  const { running, waiting, holds } = overview;
  const parts = [
    ...(running > 0 ? [counted(running, texts.runningOne, texts.runningMany)] : []),
    ...(progress === null ? [] : [`${String(Math.floor(progress * 100 + 1e-9))} %`]),
    ...(waiting > 0 ? [counted(waiting, texts.waitingOne, texts.waitingMany)] : []),
    ...(holds.includes('user') ? [texts.held] : []),
    ...(holds.includes('battery') ? [texts.heldBattery] : []),
    ...(holds.includes('heat') ? [texts.heldHeat] : []),
    ...(holds.includes('foreground') ? [texts.heldForeground] : []),
    ...(holds.includes('disk') ? [texts.heldDisk] : []),
  ];
  return parts.length === 0 ? texts.idle : parts.join(' · ');
}
