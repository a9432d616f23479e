/** Fills the mirror: listens to the engine, and asks it for what it missed. */
import type { WindowEvent } from '../../shared/contract.ts';
import type { TaskId } from '../../shared/task.ts';
import { ApiError, api } from '../api/window-api.ts';
import { learnRecipeTexts } from '../ui/recipes.ts';
import { forecast, useMirror } from './mirror.ts';
import { Sections } from './sections.ts';
import { Sync, type Change, type Outcome } from './sync.ts';
import { openTask, select, showPage, useView } from './view.ts';

/** The first page fills any window; the next ones are for the scroll bar. */
const FIRST_PAGE = 500;
const NEXT_PAGE = 10_000;
/** A snapshot that failed is asked for again after this: long enough not to press a busy engine. */
const RETRY_MS = 1_000;

const sync = new Sync();
let load = 0;

/** Starts to mirror the engine. To be called once. */
export function connectMirror(onOpenFiles: (paths: readonly string[]) => void): void {
  api.onEvent((event) => receive(event, onOpenFiles));
  api.onConnection((connection) => {
    useMirror.setState({ connection });
    if (connection !== 'connected') return;
    void loadSnapshot();
    void refresh();
  });
}

function receive(event: WindowEvent, onOpenFiles: (paths: readonly string[]) => void): void {
  switch (event.kind) {
    case 'delta':
      return show(sync.delta(event));
    case 'idle':
      return;
    case 'trouble':
      return useMirror.setState({ trouble: event.trouble });
    case 'settings':
      return void refresh();
    case 'models':
      return useMirror.setState(({ modelsRevision }) => ({ modelsRevision: modelsRevision + 1 }));
    case 'watches':
      return useMirror.setState(({ watchesRevision }) => ({ watchesRevision: watchesRevision + 1 }));
    case 'openFiles':
      return onOpenFiles(event.paths);
    case 'show':
      return showView(event);
    case 'whenDone':
      return useMirror.setState({ whenDone: event.action === null ? null : { action: event.action, endsAt: Date.now() + event.inSeconds * 1000 } });
    case 'update':
      return useMirror.setState({ update: event.update });
  }
}

function showView({ view, id }: Extract<WindowEvent, { kind: 'show' }>): void {
  showPage(view);
  if (id !== null) openTask(id);
}

/** Settings, status and what never changes while the engine runs. What fails is asked for again. */
async function refresh(): Promise<void> {
  try {
    const [{ settings }, status, { recipes, chains, refused }, host] = await Promise.all([api.getSettings({}), api.getStatus({}), api.listRecipes({}), api.getHost({})]);
    learnRecipeTexts([...recipes, ...chains]);
    useMirror.setState({ settings: { ...useMirror.getState().settings, ...settings }, status, recipes, chains, refusedRecipes: refused, host, trouble: status.trouble });
  } catch (thrown) {
    retryUnlessDisconnected(thrown, refresh);
  }
}

async function loadSnapshot(): Promise<void> {
  load += 1;
  const mine = load;
  sync.begin();
  if (!sync.isWhole) replaceList();
  try {
    let before: TaskId | null = null;
    do {
      const page = await api.getSnapshot({ before, limit: before === null ? FIRST_PAGE : NEXT_PAGE });
      // A newer load has begun meanwhile.
      if (mine !== load) return;
      const outcome = sync.page(page);
      useMirror.setState({ total: page.total });
      show(outcome);
      if (mine !== load) return;
      before = page.next;
    } while (before !== null);
    useMirror.setState({ isLoaded: true });
  } catch (thrown) {
    if (mine === load) retryUnlessDisconnected(thrown, loadSnapshot);
  }
}

/** After a lost connection it is the next one that asks again. */
function retryUnlessDisconnected(thrown: unknown, again: () => Promise<void>): void {
  if (ApiError.from(thrown).code === 'DISCONNECTED') return;
  setTimeout(() => void again(), RETRY_MS);
}

function show(outcome: Outcome): void {
  switch (outcome.kind) {
    case 'later':
      return;
    case 'gap':
      return void loadSnapshot();
    case 'replaced':
      return replaceList();
    case 'applied': {
      const isMoved = useMirror.getState().sections.apply(outcome.changes);
      watchRunning(outcome.changes);
      forgetRemoved(outcome.changes);
      useMirror.setState(({ revision, listRevision }) => ({ tasks: sync.tasks, revision: revision + 1, listRevision: isMoved ? listRevision + 1 : listRevision }));
    }
  }
}

function replaceList(): void {
  const sections = new Sections();
  sections.reset(sync.tasks.values());
  useMirror.setState(({ revision, listRevision }) => ({ tasks: sync.tasks, sections, revision: revision + 1, listRevision: listRevision + 1 }));
}

function watchRunning(changes: readonly Change[]): void {
  const now = Date.now();
  for (const { before, after } of changes) {
    if (after?.status === 'running') forecast.see(after, now);
    else if (before?.status === 'running') forecast.forget(before.id);
  }
}

/** What is gone can't be selected or open any more. */
function forgetRemoved(changes: readonly Change[]): void {
  const removed = changes.filter(({ after }) => after === null);
  if (removed.length === 0) return;
  const { selected, openTask: open, transcriptOf } = useView.getState();
  const ids = new Set(removed.map(({ before }) => before?.id));
  if (open !== null && ids.has(open)) openTask(null);
  if (transcriptOf !== null && ids.has(transcriptOf)) useView.setState({ transcriptOf: null });
  if ([...selected].some((id) => ids.has(id))) select([...selected].filter((id) => !ids.has(id)));
}
