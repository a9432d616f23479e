/** The window: rail, page, detail panel, bottom bar; and what lies over all of them. */
import { useMantineColorScheme } from '@mantine/core';
import { lazy, Suspense, useDeferredValue, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Banners } from './features/hold/banners.tsx';
import { HoldBar } from './features/hold/hold-bar.tsx';
import { DropTarget } from './features/intake/drop-target.tsx';
import { IntakeDialog } from './features/intake/intake-dialog.tsx';
import { KeyList } from './features/keys/key-list.tsx';
import { useWindowKeys } from './features/keys/use-window-keys.ts';
import { QueuePage } from './features/queue/queue-page.tsx';
import { setLanguage } from './i18n/index.ts';
import { useMirror } from './store/mirror.ts';
import { useView } from './store/view.ts';
import { Rail } from './ui/rail.tsx';
import classes from './app.module.css';

const loadTaskPanel = async () => ({ default: (await import('./features/task/task-panel.tsx')).TaskPanel });
const TaskPanel = lazy(loadTaskPanel);
const TranscriptPage = lazy(async () => ({ default: (await import('./features/transcript/transcript-page.tsx')).TranscriptPage }));
const ModelsPage = lazy(async () => ({ default: (await import('./features/models/models-page.tsx')).ModelsPage }));
const RecipesPage = lazy(async () => ({ default: (await import('./features/recipes/recipes-page.tsx')).RecipesPage }));
const WatchesPage = lazy(async () => ({ default: (await import('./features/watches/watches-page.tsx')).WatchesPage }));
const SettingsPage = lazy(async () => ({ default: (await import('./features/settings/settings-page.tsx')).SettingsPage }));

/** The part that the first click needs is loaded before it, but after the list, which is what a start waits for. (Safari has no requestIdleCallback.) */
const PANEL_AFTER_MS = 1_000;

export function App() {
  useSettings();
  useWindowKeys();
  useEffect(() => {
    // What fails here is asked for again, and told, when the panel is opened.
    const timer = setTimeout(() => void loadTaskPanel().catch(() => undefined), PANEL_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={classes.window}>
      <div className={classes.body}>
        <Rail />
        <div className={classes.content}>
          <Banners />
          <div className={classes.page}>
            <Suspense fallback={null}>
              <Page />
            </Suspense>
          </div>
        </div>
      </div>
      <HoldBar />
      <DropTarget />
      <IntakeDialog />
      <KeyList />
    </div>
  );
}

function Page() {
  const page = useView((view) => view.page);
  const transcriptOf = useView((view) => view.transcriptOf);
  if (transcriptOf !== null) return <main className={classes.main}><TranscriptPage key={transcriptOf} id={transcriptOf} /></main>;
  switch (page) {
    case 'queue':
      return <QueueWithPanel />;
    case 'recipes':
      return <main className={classes.main}><RecipesPage /></main>;
    case 'models':
      return <main className={classes.main}><ModelsPage /></main>;
    case 'watches':
      return <main className={classes.main}><WatchesPage /></main>;
    case 'settings':
      return <main className={classes.main}><SettingsPage /></main>;
  }
}

function QueueWithPanel() {
  return (
    <>
      <main className={classes.main}><QueuePage /></main>
      <OpenPanel />
    </>
  );
}

/** Apart from the queue, which hears nothing of it. */
function OpenPanel() {
  const { t } = useTranslation();
  const openTask = useView((view) => view.openTask);
  // The panel is larger than all else that a click changes: it is drawn in pieces, between which the window answers.
  const shown = useDeferredValue(openTask);
  if (openTask === null || shown === null) return null;
  return (
    <aside className={classes.panel} aria-label={t('taskPanel')}>
      <Suspense fallback={null}>
        <TaskPanel id={shown} />
      </Suspense>
    </aside>
  );
}

/** Theme and language follow the engine's settings, so that they are the same in every window. */
function useSettings(): void {
  const chosenTheme = useMirror(({ settings }) => settings.theme);
  const language = useMirror(({ settings }) => settings.language);
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => setColorScheme(chosenTheme === 'light' || chosenTheme === 'dark' ? chosenTheme : 'auto'), [chosenTheme, setColorScheme]);
  useEffect(() => void setLanguage(language), [language]);
}
