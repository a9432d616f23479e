import { describe, expect, it, vi } from 'vitest';
import { emptyBatch } from './batch.ts';
import { LANGUAGES } from './texts.ts';
import { statusLine, trayMenu } from './tray-menu.ts';
import type { Overview } from './work-watch.ts';

const overview = (over: Partial<Overview>): Overview => ({ running: 0, waiting: 0, isIdle: true, holds: [], batch: emptyBatch(0), ...over });
const actions = { show: vi.fn(), pauseAll: vi.fn(), resumeAll: vi.fn(), quit: vi.fn() };
const ids = (of: Overview | null): (string | undefined)[] => trayMenu(of, LANGUAGES.en, actions).filter(({ type }) => type !== 'separator').map(({ id }) => id);

describe('the tray', () => {
  it('says in its first line what runs and what waits', () => {
    const [first] = trayMenu(overview({ running: 2, waiting: 5, isIdle: false }), LANGUAGES.en, actions);
    expect(first).toEqual({ id: 'status', label: '2 tasks running · 5 waiting', enabled: false });
  });

  it('says that there is nothing to do, that it is opening, and why nothing is started', () => {
    expect(statusLine(overview({}), LANGUAGES.en)).toBe('Nothing to do');
    expect(statusLine(null, LANGUAGES['zh-CN'])).toBe('正在打开…');
    expect(statusLine(overview({ waiting: 1, holds: ['user', 'battery', 'disk'] }), LANGUAGES.en)).toBe('1 waiting · Paused · Waiting for mains power · Waiting for free disk space');
    expect(statusLine(overview({ running: 1 }), LANGUAGES.en, 0.419)).toBe('1 task running · 41 %');
  });

  it('tells in the menu how far the batch is, in steps, for menus that close when they change', () => {
    const batch = emptyBatch(0);
    batch.running.set(1, 37.9);
    const [first] = trayMenu(overview({ running: 1, isIdle: false, batch }), LANGUAGES.en, actions);
    expect(first?.label).toBe('1 task running · 35 %');
  });

  it('pauses what goes on, and resumes what its user paused', () => {
    expect(ids(overview({ running: 1 }))).toEqual(['status', 'show', 'pause-all', 'quit']);
    expect(ids(overview({ holds: ['user'] }))).toEqual(['status', 'show', 'resume-all', 'quit']);
    expect(ids(overview({ holds: ['battery'] }))).toEqual(['status', 'show', 'pause-all', 'quit']);
  });

  it('shows and quits even while nothing is open yet', () => {
    const items = trayMenu(null, LANGUAGES.en, actions);
    expect(items.filter(({ enabled }) => enabled === false).map(({ id }) => id)).toEqual(['status', 'pause-all']);
    for (const item of items) if (item.enabled !== false) Reflect.apply(item.click ?? (() => undefined), undefined, []);
    expect([actions.show, actions.quit, actions.pauseAll].map((action) => action.mock.calls.length)).toEqual([1, 1, 0]);
  });
});
