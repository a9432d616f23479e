/** The window's start: text, theme, mirror, then the app. */
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './ui/global.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { offerPaths } from './features/intake/intake-store.ts';
import { initText } from './i18n/index.ts';
import { connectMirror } from './store/connect.ts';
import { colourVariables, theme } from './ui/theme.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root.');
await initText();
connectMirror((paths) => void offerPaths(paths));
createRoot(root).render(
  <MantineProvider theme={theme} cssVariablesResolver={colourVariables} defaultColorScheme="auto">
    <Notifications position="bottom-center" limit={4} />
    <App />
  </MantineProvider>,
);
