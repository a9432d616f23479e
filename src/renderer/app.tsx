/** The window: rail, page, detail panel, bottom bar; and what lies over all of them. */
import { useMantineColorScheme } from '@mantine/core';
import { lazy, Suspense, useEffect } from 'react';
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

const TaskPanel = lazy(async () => ({ default: (await import('./features/task/task-panel.tsx')).TaskPanel }));
const TranscriptPage = lazy(async () => ({ default: (await import('./features/transcript/transcript-page.tsx')).TranscriptPage }));
const ModelsPage = lazy(async () => ({ default: (await import('./features/models/models-page.tsx')).ModelsPage }));
const SettingsPage = lazy(async () => ({ default: (await import('./features/settings/settings-page.tsx')).SettingsPage }));

export function App() {
  useSettings();
  useWindowKeys();
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
    case 'models':
      return <main className={classes.main}><ModelsPage /></main>;
    case 'settings':
      return <main className={classes.main}><SettingsPage /></main>;
  }
}

function QueueWithPanel() {
  const { t } = useTranslation();
  const openTask = useView((view) => view.openTask);
  return (
    <>
      <main className={classes.main}><QueuePage /></main>
      {openTask !== null && (
        <aside className={classes.panel} aria-label={t('taskPanel')}>
          <Suspense fallback={null}>
            <TaskPanel key={openTask} id={openTask} />
          </Suspense>
        </aside>
      )}
    </>
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
